// The lag at which speech best repeats itself.
#pragma once
#include <cstddef>
#include <span>

namespace oavc::audio {

struct Pitch {
  std::size_t lag = 0;
  float correlation = 0;  // normalised, at most 1
};

/// Compares the last `window` samples with those `minLag` to `maxLag` before. Needs window + maxLag samples.
Pitch findPitch(std::span<const float> samples, std::size_t window, std::size_t minLag,
                std::size_t maxLag) noexcept;

}  // namespace oavc::audio
