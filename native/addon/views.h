// Typed arrays as spans, shared ones included: node-addon-api's own accessors ask the buffer, which Node 20
// refuses for a SharedArrayBuffer.
#pragma once
#include <napi.h>

#include <span>

namespace oavc::addon {

template <typename Element>
std::span<Element> viewOf(const Napi::Value& value) {
  void* data = nullptr;
  std::size_t length = 0;
  napi_get_typedarray_info(value.Env(), value, nullptr, &length, &data, nullptr, nullptr);
  return {static_cast<Element*>(data), length};
}

}  // namespace oavc::addon
