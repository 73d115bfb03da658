// MediaAddon of src/media/addon.ts. Loaded once by each environment; the media thread is the process's.
#include <napi.h>

#include "addon/environment.h"
#include "addon/layout_export.h"
#include "addon/pages.h"
#include "addon/resampler_wrap.h"
#include "addon/session_wrap.h"
#include "addon/shared_engine.h"
#include "addon/vad_wrap.h"
#include "addon/views.h"
#include "addon/wake_table.h"
#include "audio/g711.h"

namespace oavc::addon {
namespace {

void startEngine(const Napi::CallbackInfo& info) {
  const auto options = info[0].As<Napi::Object>();
  const int threads = options.Has("threads") ? options.Get("threads").As<Napi::Number>().Int32Value() : 1;
  SharedEngine::instance().start(options.Get("realtime").ToBoolean(), threads);
  Environment::of(info.Env()).startedEngine();
}

void stopEngine(const Napi::CallbackInfo& info) {
  const std::string refused = SharedEngine::instance().stop();
  if (!refused.empty()) throw Napi::Error::New(info.Env(), refused);
}

Napi::Object statsOf(Napi::Env env, const engine::EngineCounters& counters) {
  auto stats = Napi::Object::New(env);
  stats.Set("policy", counters.fifo != 0 ? "fifo" : "other");
  stats.Set("ticks", Napi::Number::New(env, static_cast<double>(counters.ticks)));
  stats.Set("lateTicks", Napi::Number::New(env, static_cast<double>(counters.lateTicks)));
  stats.Set("maxLateUs", Napi::Number::New(env, static_cast<double>(counters.maxLateNs) / 1000));
  stats.Set("cpuNs", Napi::Number::New(env, static_cast<double>(counters.cpuNs)));
  stats.Set("sessions", Napi::Number::New(env, static_cast<double>(counters.sessions)));
  return stats;
}

Napi::Value engineStats(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto threads = Napi::Array::New(env);
  std::uint32_t index = 0;
  for (const auto& counters : SharedEngine::instance().counters())
    threads.Set(index++, statsOf(env, counters));
  auto stats = Napi::Object::New(env);
  stats.Set("threads", threads);
  stats.Set("recordings", Napi::Number::New(env, static_cast<double>(SharedEngine::instance().recordings())));
  return stats;
}

Napi::Value openWake(const Napi::CallbackInfo& info) {
  const std::uint32_t id = WakeTable::instance().open(info.Env(), info[0].As<Napi::Function>());
  return Napi::Number::New(info.Env(), id);
}

void closeWake(const Napi::CallbackInfo& info) {
  WakeTable::instance().close(info[0].As<Napi::Number>().Uint32Value());
}

audio::Law lawOf(const Napi::Value& value) {
  return value.As<Napi::Number>().Int32Value() == 0 ? audio::Law::kMu : audio::Law::kA;
}

void g711Encode(const Napi::CallbackInfo& info) {
  audio::g711Encode(lawOf(info[0]), viewOf<const std::int16_t>(info[1]), viewOf<std::uint8_t>(info[2]));
}

void g711Decode(const Napi::CallbackInfo& info) {
  audio::g711Decode(lawOf(info[0]), viewOf<const std::uint8_t>(info[1]), viewOf<std::int16_t>(info[2]));
}

void dropPagesOf(const Napi::CallbackInfo& info) {
  dropPages(viewOf<std::uint8_t>(info[0]));
}

Napi::Object load(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment(env));
  exports.Set("layout", layoutObject(env));
  exports.Set("startEngine", Napi::Function::New<startEngine>(env, "startEngine"));
  exports.Set("stopEngine", Napi::Function::New<stopEngine>(env, "stopEngine"));
  exports.Set("engineStats", Napi::Function::New<engineStats>(env, "engineStats"));
  exports.Set("openWake", Napi::Function::New<openWake>(env, "openWake"));
  exports.Set("closeWake", Napi::Function::New<closeWake>(env, "closeWake"));
  exports.Set("Session", SessionWrap::define(env));
  exports.Set("Vad", VadWrap::define(env));
  exports.Set("Resampler", ResamplerWrap::define(env));
  exports.Set("g711Encode", Napi::Function::New<g711Encode>(env, "g711Encode"));
  exports.Set("g711Decode", Napi::Function::New<g711Decode>(env, "g711Decode"));
  exports.Set("dropPages", Napi::Function::New<dropPagesOf>(env, "dropPages"));
  return exports;
}

}  // namespace
}  // namespace oavc::addon

static Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  return oavc::addon::load(env, exports);
}
NODE_API_MODULE(oavc, initialise)
