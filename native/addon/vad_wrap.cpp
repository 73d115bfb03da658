#include "addon/vad_wrap.h"

#include <stdexcept>

#include "addon/views.h"

namespace oavc::addon {
namespace {

audio::SileroWeights weightsFrom(const Napi::CallbackInfo& info) {
  try {
    return audio::SileroWeights(viewOf<const float>(info[0]));
  } catch (const std::invalid_argument& wrong) {
    throw Napi::Error::New(info.Env(), wrong.what());
  }
}

}  // namespace

Napi::Function VadWrap::define(Napi::Env env) {
  return DefineClass(env, "Vad",
                     {
                         InstanceMethod<&VadWrap::add>("add"),
                         InstanceMethod<&VadWrap::remove>("remove"),
                         InstanceMethod<&VadWrap::reset>("reset"),
                         InstanceMethod<&VadWrap::run>("run"),
                     });
}

VadWrap::VadWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<VadWrap>(info), weights_(weightsFrom(info)), vad_(weights_) {}

Napi::Value VadWrap::add(const Napi::CallbackInfo& info) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(states_.size()));
    states_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  states_[slot] = {};
  return Napi::Number::New(info.Env(), slot);
}

void VadWrap::remove(const Napi::CallbackInfo& info) {
  stateOf(info) = {};
  free_.push_back(info[0].As<Napi::Number>().Uint32Value());
}

void VadWrap::reset(const Napi::CallbackInfo& info) {
  stateOf(info) = {};
}

audio::SileroState& VadWrap::stateOf(const Napi::CallbackInfo& info) {
  const std::uint32_t slot = info[0].As<Napi::Number>().Uint32Value();
  if (slot >= states_.size()) throw Napi::Error::New(info.Env(), "no such slot");
  return states_[slot];
}

void VadWrap::run(const Napi::CallbackInfo& info) {
  constexpr std::size_t kWindow = audio::SileroVad::kWindow;
  const auto slots = viewOf<const std::int32_t>(info[0]);
  const auto windows = viewOf<const std::int16_t>(info[1]);
  const auto probabilities = viewOf<float>(info[2]);
  const std::size_t count = info[3].As<Napi::Number>().Uint32Value();
  if (count > slots.size() || count * kWindow > windows.size() || count > probabilities.size())
    throw Napi::Error::New(info.Env(), "fewer slots, windows or probabilities than windows to run");
  batch_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const auto slot = static_cast<std::size_t>(slots[i]);
    if (slot >= states_.size()) throw Napi::Error::New(info.Env(), "no such slot");
    batch_.push_back(&states_[slot]);
  }
  vad_.run(batch_, windows.first(count * kWindow), probabilities.first(count));
}

}  // namespace oavc::addon
