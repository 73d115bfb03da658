#include "addon/loop_signal.h"

#include <atomic>

// Of libuv's uv.h, which the package of Node-API's headers lacks. The ABI of libuv 1.x is stable, and all of
// these are older than any Node that can load this addon.
extern "C" {
int uv_async_init(uv_loop_s* loop, uv_async_s* async, void (*answer)(uv_async_s*));
int uv_async_send(uv_async_s* async);
void uv_close(uv_handle_s* handle, void (*closed)(uv_handle_s*));
void uv_ref(uv_handle_s* handle);
void uv_unref(uv_handle_s* handle);
std::size_t uv_handle_size(int type);
void* uv_handle_get_data(const uv_handle_s* handle);
void uv_handle_set_data(uv_handle_s* handle, void* data);
}

namespace oavc::addon {
namespace {

constexpr int kUvAsync = 1;

}  // namespace

LoopSignal* LoopSignal::open(Napi::Env env, const char* name, Handler handler, void* context) {
  return new LoopSignal(env, name, handler, context);
}

LoopSignal::LoopSignal(Napi::Env env, const char* name, Handler handler, void* context)
    : env_(env),
      asyncContext_(env, name),
      handler_(handler),
      context_(context),
      memory_(std::make_unique<std::byte[]>(uv_handle_size(kUvAsync))) {
  uv_loop_s* loop = nullptr;
  const auto answered = [](uv_async_s* async) {
    static_cast<LoopSignal*>(uv_handle_get_data(reinterpret_cast<uv_handle_s*>(async)))->answer();
  };
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok || uv_async_init(loop, async(), answered) != 0)
    throw Napi::Error::New(env_, "the event loop takes no further signal");
  uv_handle_set_data(handle(), this);
  uv_unref(handle());
  const auto ends = [](napi_async_cleanup_hook_handle, void* signal) {
    static_cast<LoopSignal*>(signal)->close();
  };
  napi_add_async_cleanup_hook(env_, ends, this, &hook_);
}

/// Until the hook is removed, an environment that ends waits.
LoopSignal::~LoopSignal() {
  if (hook_ != nullptr) napi_remove_async_cleanup_hook(hook_);
}

/// libuv looks for a signal that is still pending by a relaxed read: without the two fences that read may
/// come before the stores that are to be told of, and a signal be lost (libuv issue 4584).
void LoopSignal::send() noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  uv_async_send(async());
}

void LoopSignal::keepAlive(bool on) noexcept {
  if (on)
    uv_ref(handle());
  else
    uv_unref(handle());
}

void LoopSignal::close() noexcept {
  if (closing_) return;
  closing_ = true;
  uv_close(handle(),
           [](uv_handle_s* handle) { delete static_cast<LoopSignal*>(uv_handle_get_data(handle)); });
}

void LoopSignal::answer() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const Napi::HandleScope handles(env_);
  const Napi::CallbackScope callbacks(env_, asyncContext_);
  handler_(env_, context_);
  napi_value thrown = nullptr;
  if (!env_.IsExceptionPending() || napi_get_and_clear_last_exception(env_, &thrown) != napi_ok) return;
  napi_fatal_exception(env_, thrown);
}

}  // namespace oavc::addon
