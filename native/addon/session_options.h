// Options and statistics of a session between JavaScript objects and C++ structs. JavaScript has checked the
// arguments.
#pragma once
#include <napi.h>

#include "engine/session.h"

namespace oavc::addon {

engine::SessionOptions sessionOptionsFrom(const Napi::Object& given);
engine::StreamOptions streamOptionsFrom(const Napi::Object& given);
Napi::Object statsObject(Napi::Env env, const engine::SessionCounters& counters);

}  // namespace oavc::addon
