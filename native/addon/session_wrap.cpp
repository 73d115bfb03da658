#include "addon/session_wrap.h"

#include <system_error>

#include "addon/environment.h"
#include "addon/session_options.h"
#include "addon/shared_engine.h"

namespace oavc::addon {

Napi::Function SessionWrap::define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {
                         InstanceAccessor<&SessionWrap::rtpPort>("rtpPort"),
                         InstanceMethod<&SessionWrap::start>("start"),
                         InstanceMethod<&SessionWrap::setVolume>("setVolume"),
                         InstanceMethod<&SessionWrap::setMuted>("setMuted"),
                         InstanceMethod<&SessionWrap::setWake>("setWake"),
                         InstanceMethod<&SessionWrap::sendDigit>("sendDigit"),
                         InstanceMethod<&SessionWrap::record>("record"),
                         InstanceMethod<&SessionWrap::stats>("stats"),
                         InstanceMethod<&SessionWrap::close>("close"),
                     });
}

SessionWrap::SessionWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<SessionWrap>(info), environment_(&Environment::of(info.Env())) {
  const Napi::Env env = info.Env();
  const auto given = info[0].As<Napi::Object>();
  const engine::SessionOptions options = sessionOptionsFrom(given);
  bindPorts(env, options);
  thread_ = SharedEngine::instance().open(*session_);
  if (thread_ == nullptr) {
    session_.reset();
    throw Napi::Error::New(env, "the media engine does not run, or has no place for another session");
  }
  heard_ = Napi::Persistent(given.Get("heard").As<Napi::Uint8Array>());
  spoken_ = Napi::Persistent(given.Get("spoken").As<Napi::Uint8Array>());
  supervisor_ = Napi::Persistent(given.Get("supervisor").As<Napi::Uint8Array>());
  port_ = session_->rtpPort();
  environment_->opened(*this);
  Ref();  // until closed
}

void SessionWrap::bindPorts(Napi::Env env, const engine::SessionOptions& options) {
  const auto error = [&](const char* code, const std::string& message) {
    auto thrown = Napi::Error::New(env, message);
    thrown.Set("code", Napi::String::New(env, code));
    return thrown;
  };
  try {
    session_ = std::make_unique<engine::Session>(options);
  } catch (const engine::PortsExhausted& exhausted) {
    throw error("PORTS_EXHAUSTED", exhausted.what());
  } catch (const std::system_error& failure) {
    throw error("MEDIA_ADDRESS", failure.what());
  }
}

engine::Session& SessionWrap::live(Napi::Env env) {
  if (!session_ || closing_) throw Napi::Error::New(env, "the session is closed");
  session_->sweep();
  return *session_;
}

Napi::Value SessionWrap::rtpPort(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), port_);
}

void SessionWrap::start(const Napi::CallbackInfo& info) {
  engine::Session& session = live(info.Env());
  const auto options = streamOptionsFrom(info[0].As<Napi::Object>());
  thread_->start(session, session.makeStream(options));
}

void SessionWrap::setVolume(const Napi::CallbackInfo& info) {
  live(info.Env()).setVolume(info[0].As<Napi::Number>().FloatValue());
}

void SessionWrap::setMuted(const Napi::CallbackInfo& info) {
  live(info.Env()).setMuted(info[0].As<Napi::Boolean>().Value());
}

void SessionWrap::setWake(const Napi::CallbackInfo& info) {
  live(info.Env()).setWake(info[0].As<Napi::Number>().Uint32Value());
}

void SessionWrap::sendDigit(const Napi::CallbackInfo& info) {
  const std::string digit = info[0].As<Napi::String>();
  const int durationMs = info[1].As<Napi::Number>().Int32Value();
  if (digit.size() != 1) throw Napi::Error::New(info.Env(), "a digit is one character");
  thread_->addDigit(live(info.Env()), digit[0], durationMs);
}

void SessionWrap::record(const Napi::CallbackInfo& info) {
  engine::Session& session = live(info.Env());
  if (session.recording()) throw Napi::Error::New(info.Env(), "the session is being recorded");
  const std::string path = info[0].As<Napi::String>(), format = info[1].As<Napi::String>();
  const auto recording = std::make_shared<record::Recording>(
      path, format == "opus" ? record::Format::kOpus : record::Format::kWav);
  session.keep(recording);
  SharedEngine::instance().record(recording);
  thread_->record(session, *recording);
}

Napi::Value SessionWrap::stats(const Napi::CallbackInfo& info) {
  return statsObject(info.Env(), session_ ? session_->counters() : last_);
}

Napi::Value SessionWrap::close(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closing_) return promise_.Value();
  closing_.emplace(env);
  promise_ = Napi::Persistent(closing_->Promise().As<Napi::Object>());
  environment_->expectAcknowledgement();
  thread_->close(*session_, {letGo, this});
  return promise_.Value();
}

/// On the media thread.
void SessionWrap::letGo(void* wrap) noexcept {
  auto& self = *static_cast<SessionWrap*>(wrap);
  self.environment_->acknowledge(self);
}

void SessionWrap::finishClosing() {
  last_ = session_->counters();
  session_.reset();
  heard_.Reset();
  spoken_.Reset();
  supervisor_.Reset();
  environment_->closed(*this);
  try {
    closing_->Resolve(Env().Undefined());
  } catch (const Napi::Error&) {  // the environment ends, and runs no JavaScript any more
  }
  Unref();
}

void SessionWrap::detach() {
  if (!closing_) thread_->closeAndWait(*session_);
  session_.reset();
}

}  // namespace oavc::addon
