#include "addon/layout_export.h"

#include <initializer_list>
#include <utility>

#include "ring/layout.h"

namespace oavc::addon {
namespace {

using Constants = std::initializer_list<std::pair<const char*, std::size_t>>;

Napi::Object objectOf(Napi::Env env, const Constants& constants) {
  auto object = Napi::Object::New(env);
  for (const auto& [name, value] : constants)
    object.Set(name, Napi::Number::New(env, static_cast<double>(value)));
  return object;
}

Napi::Object heardLayout(Napi::Env env) {
  namespace h = ring::heard;
  return objectOf(env, {{"rateHz", h::kRateHz},
                        {"frameSamples", h::kFrameSamples},
                        {"capacity", h::kCapacity},
                        {"write", h::kWrite},
                        {"read", h::kRead},
                        {"dropped", h::kDropped},
                        {"digitCount", h::kDigitCount},
                        {"digits", h::kDigits},
                        {"digitSlots", h::kDigitSlots},
                        {"stampCount", h::kStampCount},
                        {"stamps", h::kStamps},
                        {"stampPositions", h::kStampPositions},
                        {"stampSlots", h::kStampSlots},
                        {"samples", h::kSamples},
                        {"bytes", h::kBytes}});
}

Napi::Object spokenLayout(Napi::Env env) {
  namespace s = ring::spoken;
  return objectOf(env, {{"capacity", s::kCapacity},
                        {"write", s::kWrite},
                        {"read", s::kRead},
                        {"discardTo", s::kDiscardTo},
                        {"paused", s::kPaused},
                        {"epoch", s::kEpoch},
                        {"markPosition", s::kMarkPosition},
                        {"markSequence", s::kMarkSequence},
                        {"played", s::kPlayed},
                        {"markDone", s::kMarkDone},
                        {"markNs", s::kMarkNs},
                        {"underruns", s::kUnderruns},
                        {"sending", s::kSending},
                        {"samples", s::kSamples},
                        {"bytes", s::kBytes}});
}

Napi::Object supervisorLayout(Napi::Env env) {
  namespace s = ring::supervisor;
  return objectOf(env, {{"capacity", s::kCapacity}, {"samples", s::kSamples}, {"bytes", s::kBytes}});
}

}  // namespace

Napi::Object layoutObject(Napi::Env env) {
  auto layout = Napi::Object::New(env);
  layout.Set("heard", heardLayout(env));
  layout.Set("spoken", spokenLayout(env));
  layout.Set("supervisor", supervisorLayout(env));
  return layout;
}

}  // namespace oavc::addon
