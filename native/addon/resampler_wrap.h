// NativeResampler of src/media/addon.ts.
#pragma once
#include <napi.h>

#include "audio/resampler.h"

namespace oavc::addon {

class ResamplerWrap : public Napi::ObjectWrap<ResamplerWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit ResamplerWrap(const Napi::CallbackInfo& info);

 private:
  static audio::Resampler make(const Napi::CallbackInfo& info);
  Napi::Value process(const Napi::CallbackInfo& info);
  Napi::Value outputBound(const Napi::CallbackInfo& info);
  Napi::Value flush(const Napi::CallbackInfo& info);
  void reset(const Napi::CallbackInfo& info);

  audio::Resampler resampler_;
};

}  // namespace oavc::addon
