#include "audio/dot.h"

#include "audio/lanes.h"

namespace oavc::audio {
namespace {

/// Several sums at once: one alone would wait for itself at every step.
template <std::size_t kLanes>
OAVC_INLINE float dotOf(const float* a, const float* b, std::size_t count) noexcept {
  Lanes<kLanes> first{}, second{}, third{}, fourth{}, x, y;
  std::size_t i = 0;
  const auto add = [&](Lanes<kLanes> & total, std::size_t at) __attribute__((always_inline)) {
    load(x, a + at);
    load(y, b + at);
    total += x * y;
  };
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
    add(first, i);
    add(second, i + kLanes);
    add(third, i + 2 * kLanes);
    add(fourth, i + 3 * kLanes);
  }
  for (; i + kLanes <= count; i += kLanes) add(first, i);
  Lanes<kNarrowLanes> four;
  fold(four, (first + second) + (third + fourth));
  float sum = (four[0] + four[2]) + (four[1] + four[3]);
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

OAVC_WIDE float dotWide(const float* a, const float* b, std::size_t count) noexcept {
  return dotOf<kWideLanes>(a, b, count);
}
float dotNarrow(const float* a, const float* b, std::size_t count) noexcept {
  return dotOf<kNarrowLanes>(a, b, count);
}

const auto chosen = hasWideLanes() ? dotWide : dotNarrow;

}  // namespace

float dot(const float* a, const float* b, std::size_t count) noexcept {
  return chosen(a, b, count);
}

}  // namespace oavc::audio
