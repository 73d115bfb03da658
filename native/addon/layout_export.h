// The constants of native/ring/layout.h as JavaScript sees them, for the test that compares both sides.
#pragma once
#include <napi.h>

namespace oavc::addon {

Napi::Object layoutObject(Napi::Env env);

}  // namespace oavc::addon
