#include "addon/environment.h"

#include <utility>

#include "addon/session_wrap.h"
#include "addon/shared_engine.h"

namespace oavc::addon {

Environment::Environment(Napi::Env env)
    : acknowledgements_(LoopSignal::open(env, "oavc close", arrive, this)) {
  napi_add_env_cleanup_hook(env, leave, this);  // hooks run backwards: before the signal's own
}

void Environment::expectAcknowledgement() noexcept {
  if (awaited_++ == 0) acknowledgements_->keepAlive(true);
}

void Environment::acknowledge(SessionWrap& session) noexcept {
  session.letGoBefore = letGo_.load(std::memory_order_relaxed);
  while (!letGo_.compare_exchange_weak(session.letGoBefore, &session, std::memory_order_release,
                                       std::memory_order_relaxed)) {
  }
  acknowledgements_->send();
}

void Environment::arrive(napi_env /*env*/, void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  SessionWrap* session = self.letGo_.exchange(nullptr, std::memory_order_acquire);
  while (session != nullptr) {
    std::exchange(session, session->letGoBefore)->finishClosing();
    if (--self.awaited_ == 0) self.acknowledgements_->keepAlive(false);
  }
}

void Environment::leave(void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  SharedEngine::instance().settle();  // no acknowledgement is under way any more
  for (SessionWrap* session : self.sessions_) session->detach();
  self.sessions_.clear();
  if (self.ownsEngine_) SharedEngine::instance().stop();  // refused while another environment has a call
}

}  // namespace oavc::addon
