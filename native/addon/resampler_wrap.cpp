#include "addon/resampler_wrap.h"

#include <stdexcept>

#include "addon/views.h"

namespace oavc::addon {

Napi::Function ResamplerWrap::define(Napi::Env env) {
  return DefineClass(env, "Resampler",
                     {
                         InstanceMethod<&ResamplerWrap::process>("process"),
                         InstanceMethod<&ResamplerWrap::outputBound>("outputBound"),
                         InstanceMethod<&ResamplerWrap::flush>("flush"),
                         InstanceMethod<&ResamplerWrap::reset>("reset"),
                     });
}

ResamplerWrap::ResamplerWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ResamplerWrap>(info), resampler_(make(info)) {}

audio::Resampler ResamplerWrap::make(const Napi::CallbackInfo& info) try {
  return {info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Int32Value()};
} catch (const std::invalid_argument& refusal) {
  throw Napi::RangeError::New(info.Env(), refusal.what());
}

Napi::Value ResamplerWrap::process(const Napi::CallbackInfo& info) {
  const auto input = viewOf<const std::int16_t>(info[0]);
  const auto output = viewOf<std::int16_t>(info[1]);
  if (output.size() < resampler_.outputBound(input.size()))
    throw Napi::Error::New(info.Env(), "output is shorter than outputBound");
  return Napi::Number::New(info.Env(), static_cast<double>(resampler_.process(input, output)));
}

Napi::Value ResamplerWrap::outputBound(const Napi::CallbackInfo& info) {
  const std::size_t samples = info[0].As<Napi::Number>().Uint32Value();
  return Napi::Number::New(info.Env(), static_cast<double>(resampler_.outputBound(samples)));
}

Napi::Value ResamplerWrap::flush(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(resampler_.flush(viewOf<std::int16_t>(info[0]))));
}

void ResamplerWrap::reset(const Napi::CallbackInfo& /*info*/) {
  resampler_.reset();
}

}  // namespace oavc::addon
