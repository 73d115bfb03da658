// Finite impulse response over consecutive samples, and the way from floats to 16-bit samples.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace oavc::audio {

/// sums[n] += taps[0] * samples[n] + taps[1] * samples[n + 1] + ... An output does not depend, even in its
/// last bit, on how many are made at once. `samples` has sums.size() + taps.size() - 1 of them.
void filter(std::span<const float> taps, const float* samples, std::span<float> sums) noexcept;

/// The sums of two filters of one length over the same samples.
void filterPair(std::span<const float> evenTaps, std::span<const float> oddTaps, const float* samples,
                std::span<float> even, std::span<float> odd) noexcept;

/// Rounded to nearest even and saturated.
void toSamples(std::span<const float> values, std::int16_t* samples) noexcept;
/// Of both in turn: as many of each.
void toSamples(std::span<const float> even, std::span<const float> odd, std::int16_t* samples) noexcept;

}  // namespace oavc::audio
