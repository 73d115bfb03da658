#include "audio/fir.h"

#include <algorithm>
#include <bit>

#include "audio/lanes.h"

namespace oavc::audio {
namespace {

/// kVectors registers of outputs from `at` on.
template <std::size_t kLanes, std::size_t kVectors>
OAVC_INLINE void filterBlock(std::span<const float> taps, const float* samples, float* sums) noexcept {
  Lanes<kLanes> total[kVectors], x;
  for (std::size_t v = 0; v < kVectors; ++v) load(total[v], sums + v * kLanes);
  for (std::size_t tap = 0; tap < taps.size(); ++tap)
    for (std::size_t v = 0; v < kVectors; ++v) {
      load(x, samples + tap + v * kLanes);
      total[v] += x * taps[tap];
    }
  for (std::size_t v = 0; v < kVectors; ++v) store(sums + v * kLanes, total[v]);
}

template <std::size_t kLanes>
OAVC_INLINE void filterAll(std::span<const float> taps, const float* samples,
                           std::span<float> sums) noexcept {
  std::size_t at = 0;
  for (; at + 8 * kLanes <= sums.size(); at += 8 * kLanes)
    filterBlock<kLanes, 8>(taps, samples + at, &sums[at]);
  for (; at + 4 * kLanes <= sums.size(); at += 4 * kLanes)
    filterBlock<kLanes, 4>(taps, samples + at, &sums[at]);
  for (; at + kLanes <= sums.size(); at += kLanes) filterBlock<kLanes, 1>(taps, samples + at, &sums[at]);
  for (; at < sums.size(); ++at)
    for (std::size_t tap = 0; tap < taps.size(); ++tap) sums[at] += samples[at + tap] * taps[tap];
}

OAVC_WIDE void filterWide(std::span<const float> taps, const float* samples, std::span<float> sums) noexcept {
  filterAll<kWideLanes>(taps, samples, sums);
}
void filterNarrow(std::span<const float> taps, const float* samples, std::span<float> sums) noexcept {
  filterAll<kNarrowLanes>(taps, samples, sums);
}

const auto chosen = hasWideLanes() ? filterWide : filterNarrow;

}  // namespace

void filter(std::span<const float> taps, const float* samples, std::span<float> sums) noexcept {
  chosen(taps, samples, sums);
}

namespace {

/// Added to 1.5 * 2^23, a value has its rounded integer in its low bits.
OAVC_INLINE std::int16_t rounded(float value) noexcept {
  constexpr float kShift = 12582912.0F;
  const float held = std::min(std::max(value, -32768.0F), 32767.0F);
  return static_cast<std::int16_t>(std::bit_cast<std::int32_t>(held + kShift));
}

}  // namespace

void toSamples(std::span<const float> values, std::int16_t* samples) noexcept {
  for (std::size_t i = 0; i < values.size(); ++i) samples[i] = rounded(values[i]);
}

void toSamples(std::span<const float> even, std::span<const float> odd, std::int16_t* samples) noexcept {
  for (std::size_t i = 0; i < even.size(); ++i) {
    samples[2 * i] = rounded(even[i]);
    samples[2 * i + 1] = rounded(odd[i]);
  }
}

}  // namespace oavc::audio
