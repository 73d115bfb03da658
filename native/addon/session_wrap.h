// NativeSession of src/media/addon.ts. It keeps itself and the two views alive until the media thread has let
// go.
#pragma once
#include <napi.h>

#include <memory>
#include <optional>

#include "engine/media_thread.h"

namespace oavc::addon {

class Environment;

class SessionWrap : public Napi::ObjectWrap<SessionWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SessionWrap(const Napi::CallbackInfo& info);

  /// In the thread of the environment, after the acknowledgement: frees ports and memory, resolves the
  /// promise.
  void finishClosing();
  /// The environment ends, and whatever was asked before is done: takes everything back and waits for it.
  void detach();

  SessionWrap* letGoBefore = nullptr;  // of Environment's list, once the media thread has let go

 private:
  Napi::Value rtpPort(const Napi::CallbackInfo& info);
  void start(const Napi::CallbackInfo& info);
  void setVolume(const Napi::CallbackInfo& info);
  void setMuted(const Napi::CallbackInfo& info);
  void setWake(const Napi::CallbackInfo& info);
  void sendDigit(const Napi::CallbackInfo& info);
  void record(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);
  static void letGo(void* wrap) noexcept;
  void bindPorts(Napi::Env env, const engine::SessionOptions& options);
  engine::Session& live(Napi::Env env);

  Environment* environment_;
  std::unique_ptr<engine::Session> session_;  // null once closed
  engine::MediaThread* thread_ = nullptr;     // the one that ticks it
  Napi::Reference<Napi::Uint8Array> heard_;
  Napi::Reference<Napi::Uint8Array> spoken_;
  Napi::Reference<Napi::Uint8Array> supervisor_;
  std::optional<Napi::Promise::Deferred> closing_;
  Napi::ObjectReference promise_;
  engine::SessionCounters last_;
  std::uint16_t port_ = 0;
};

}  // namespace oavc::addon
