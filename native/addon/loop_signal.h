// Tells the event loop of one environment, from any thread, that there is something to do. A thread-safe
// function of Node-API does so under a lock and through a queue, for which a media thread may not wait;
// libuv's own signal is a flag and a write to an eventfd.
#pragma once
#include <napi.h>

#include <cstddef>
#include <memory>

struct uv_async_s;
struct uv_handle_s;

namespace oavc::addon {

class LoopSignal {
 public:
  /// Runs in the environment's thread, within scopes for handles and for callbacks. An exception that it
  /// leaves pending becomes an uncaught one.
  using Handler = void (*)(napi_env env, void* context);

  /// In the environment's thread; throws Napi::Error. It does not keep the loop alive. The environment closes
  /// it at its end.
  static LoopSignal* open(Napi::Env env, const char* name, Handler handler, void* context);
  LoopSignal(const LoopSignal&) = delete;
  LoopSignal& operator=(const LoopSignal&) = delete;

  /// Any thread; neither waits nor allocates. Signals that the loop has not answered yet are one.
  void send() noexcept;
  /// In the environment's thread: whether the loop stays for this signal.
  void keepAlive(bool on) noexcept;
  /// In the environment's thread, when nobody sends any more. The object deletes itself as soon as the loop
  /// has let go of it.
  void close() noexcept;

 private:
  LoopSignal(Napi::Env env, const char* name, Handler handler, void* context);
  ~LoopSignal();
  void answer();
  [[nodiscard]] uv_async_s* async() const noexcept { return reinterpret_cast<uv_async_s*>(memory_.get()); }
  [[nodiscard]] uv_handle_s* handle() const noexcept { return reinterpret_cast<uv_handle_s*>(memory_.get()); }

  Napi::Env env_;
  Napi::AsyncContext asyncContext_;
  Handler handler_;
  void* context_;
  std::unique_ptr<std::byte[]> memory_;  // of libuv's handle
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool closing_ = false;
};

}  // namespace oavc::addon
