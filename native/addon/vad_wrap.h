// NativeVad of src/media/addon.ts: the network once, the states of its streams in slots.
#pragma once
#include <napi.h>

#include <vector>

#include "audio/silero_vad.h"

namespace oavc::addon {

class VadWrap : public Napi::ObjectWrap<VadWrap> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit VadWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value add(const Napi::CallbackInfo& info);
  void remove(const Napi::CallbackInfo& info);
  void reset(const Napi::CallbackInfo& info);
  void run(const Napi::CallbackInfo& info);
  audio::SileroState& stateOf(const Napi::CallbackInfo& info);

  audio::SileroWeights weights_;
  audio::SileroVad vad_;
  std::vector<audio::SileroState> states_;
  std::vector<std::uint32_t> free_;
  std::vector<audio::SileroState*> batch_;  // of one run
};

}  // namespace oavc::addon
