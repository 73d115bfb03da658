// What one Node environment (the main thread, or a worker) has open. When it ends, its hook takes all of it
// back from the media thread before the memory goes.
#pragma once
#include <napi.h>

#include <atomic>
#include <set>

#include "addon/loop_signal.h"

namespace oavc::addon {

class SessionWrap;

class Environment {
 public:
  explicit Environment(Napi::Env env);
  static Environment& of(Napi::Env env) { return *env.GetInstanceData<Environment>(); }

  void opened(SessionWrap& session) { sessions_.insert(&session); }
  void closed(SessionWrap& session) { sessions_.erase(&session); }
  void startedEngine() noexcept { ownsEngine_ = true; }

  /// An acknowledgement is awaited: until it came, the event loop stays alive.
  void expectAcknowledgement() noexcept;
  /// From the media thread: `session` is let go.
  void acknowledge(SessionWrap& session) noexcept;

 private:
  static void arrive(napi_env env, void* environment);
  static void leave(void* environment);

  LoopSignal* acknowledgements_;
  std::atomic<SessionWrap*> letGo_{nullptr};  // the last of a list through SessionWrap::letGoBefore
  std::size_t awaited_ = 0;
  std::set<SessionWrap*> sessions_;
  bool ownsEngine_ = false;
};

}  // namespace oavc::addon
