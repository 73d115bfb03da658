#include "addon/environment.h"

#include "addon/session_wrap.h"
#include "addon/shared_engine.h"

namespace oavc::addon {

Environment::Environment(Napi::Env env) : env_(env) {
  const auto name = Napi::String::New(env, "oavc close");
  napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this, arrive,
                                  &acknowledgements_);
  napi_unref_threadsafe_function(env, acknowledgements_);
  napi_add_env_cleanup_hook(env, leave, this);  // after the function: it runs before Node deletes that
}

void Environment::expectAcknowledgement() {
  if (awaited_++ == 0) napi_ref_threadsafe_function(env_, acknowledgements_);
}

void Environment::acknowledge(SessionWrap& session) noexcept {
  napi_call_threadsafe_function(acknowledgements_, &session, napi_tsfn_nonblocking);
}

void Environment::arrive(napi_env env, napi_value /*callback*/, void* environment, void* session) {
  if (env == nullptr) return;  // the environment ends: `leave` has done it
  auto& self = *static_cast<Environment*>(environment);
  const Napi::HandleScope scope(env);
  static_cast<SessionWrap*>(session)->finishClosing();
  if (--self.awaited_ == 0) napi_unref_threadsafe_function(env, self.acknowledgements_);
}

void Environment::leave(void* environment) {
  auto& self = *static_cast<Environment*>(environment);
  for (SessionWrap* session : self.sessions_) session->detach();
  self.sessions_.clear();
  if (self.ownsEngine_) SharedEngine::instance().stop();  // refused while another environment has a call
}

}  // namespace oavc::addon
