#include "audio/fir.h"

#include <algorithm>
#include <bit>
#include <cstring>

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

/// kVectors registers of outputs from `at` on, of each filter: what is loaded serves both.
template <std::size_t kLanes, std::size_t kVectors>
OAVC_INLINE void filterPairBlock(std::span<const float> evenTaps, std::span<const float> oddTaps,
                                 const float* samples, float* even, float* odd) noexcept {
  Lanes<kLanes> evens[kVectors]{}, odds[kVectors]{}, x;
  for (std::size_t tap = 0; tap < evenTaps.size(); ++tap)
    for (std::size_t v = 0; v < kVectors; ++v) {
      load(x, samples + tap + v * kLanes);
      pin(x);
      evens[v] += x * evenTaps[tap];
      odds[v] += x * oddTaps[tap];
    }
  for (std::size_t v = 0; v < kVectors; ++v) store(even + v * kLanes, evens[v]);
  for (std::size_t v = 0; v < kVectors; ++v) store(odd + v * kLanes, odds[v]);
}

template <std::size_t kLanes>
OAVC_INLINE void filterPairAll(std::span<const float> evenTaps, std::span<const float> oddTaps,
                               const float* samples, std::span<float> even, std::span<float> odd) noexcept {
  std::size_t at = 0;
  for (; at + 5 * kLanes <= even.size(); at += 5 * kLanes)
    filterPairBlock<kLanes, 5>(evenTaps, oddTaps, samples + at, &even[at], &odd[at]);
  for (; at + kLanes <= even.size(); at += kLanes)
    filterPairBlock<kLanes, 1>(evenTaps, oddTaps, samples + at, &even[at], &odd[at]);
  for (; at < even.size(); ++at) {
    even[at] = odd[at] = 0;
    for (std::size_t tap = 0; tap < evenTaps.size(); ++tap) {
      even[at] += samples[at + tap] * evenTaps[tap];
      odd[at] += samples[at + tap] * oddTaps[tap];
    }
  }
}

OAVC_WIDEST void filterPairWidest(std::span<const float> evenTaps, std::span<const float> oddTaps,
                                  const float* samples, std::span<float> even,
                                  std::span<float> odd) noexcept {
  filterPairAll<kWidestLanes>(evenTaps, oddTaps, samples, even, odd);
}
OAVC_WIDE void filterPairWide(std::span<const float> evenTaps, std::span<const float> oddTaps,
                              const float* samples, std::span<float> even, std::span<float> odd) noexcept {
  filterPairAll<kWideLanes>(evenTaps, oddTaps, samples, even, odd);
}
void filterPairNarrow(std::span<const float> evenTaps, std::span<const float> oddTaps, const float* samples,
                      std::span<float> even, std::span<float> odd) noexcept {
  filterPairAll<kNarrowLanes>(evenTaps, oddTaps, samples, even, odd);
}

const auto chosenPair = hasWidestLanes() ? filterPairWidest
                        : hasWideLanes() ? filterPairWide
                                         : filterPairNarrow;

}  // namespace

void filterPair(std::span<const float> evenTaps, std::span<const float> oddTaps, const float* samples,
                std::span<float> even, std::span<float> odd) noexcept {
  chosenPair(evenTaps, oddTaps, samples, even, odd);
}

namespace {

constexpr float kLowest = -32768.0F, kHighest = 32767.0F;
/// Added to 1.5 * 2^23, a value has its rounded integer in its low bits.
constexpr float kShift = 12582912.0F;

OAVC_INLINE std::int16_t rounded(float value) noexcept {
  const float held = std::min(std::max(value, kLowest), kHighest);
  return static_cast<std::int16_t>(std::bit_cast<std::int32_t>(held + kShift));
}

/// The rounded integers in the low halves of the words.
template <std::size_t kLanes>
OAVC_INLINE void loadRounded(typename LanesOf<kLanes>::Ints& words, const float* values) noexcept {
  Lanes<kLanes> held;
  load(held, values);
  held = held < kLowest ? Lanes<kLanes>{} + kLowest : held;
  held = held > kHighest ? Lanes<kLanes>{} + kHighest : held;
  held += kShift;
  std::memcpy(&words, &held, sizeof words);
}

/// As words of two samples they need no shuffling.
template <std::size_t kLanes>
OAVC_INLINE void interleave(std::span<const float> even, std::span<const float> odd,
                            std::int16_t* samples) noexcept {
  static_assert(std::endian::native == std::endian::little);
  typename LanesOf<kLanes>::Ints low, high;
  std::size_t at = 0;
  for (; at + kLanes <= even.size(); at += kLanes) {
    loadRounded<kLanes>(low, &even[at]);
    loadRounded<kLanes>(high, &odd[at]);
    const auto both = (low & 0xFFFF) | high << 16;
    std::memcpy(samples + 2 * at, &both, sizeof both);
  }
  for (; at < even.size(); ++at) {
    samples[2 * at] = rounded(even[at]);
    samples[2 * at + 1] = rounded(odd[at]);
  }
}

OAVC_WIDE void interleaveWide(std::span<const float> even, std::span<const float> odd,
                              std::int16_t* samples) noexcept {
  interleave<kWideLanes>(even, odd, samples);
}
void interleaveNarrow(std::span<const float> even, std::span<const float> odd,
                      std::int16_t* samples) noexcept {
  interleave<kNarrowLanes>(even, odd, samples);
}

const auto chosenInterleave = hasWideLanes() ? interleaveWide : interleaveNarrow;

}  // namespace

void toSamples(std::span<const float> values, std::int16_t* samples) noexcept {
  for (std::size_t i = 0; i < values.size(); ++i) samples[i] = rounded(values[i]);
}

void toSamples(std::span<const float> even, std::span<const float> odd, std::int16_t* samples) noexcept {
  chosenInterleave(even, odd, samples);
}

}  // namespace oavc::audio
