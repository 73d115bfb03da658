#include "audio/pitch.h"

#include <algorithm>
#include <cmath>

#include "audio/dot.h"

namespace oavc::audio {

Pitch findPitch(std::span<const float> samples, std::size_t window, std::size_t minLag,
                std::size_t maxLag) noexcept {
  constexpr float kFloor = 1e3F;  // keeps near silence from looking periodic
  const float* recent = samples.data() + samples.size() - window;
  const float recentEnergy = dot(recent, recent, window) + kFloor;
  Pitch best{maxLag, 0};
  for (std::size_t lag = minLag; lag <= maxLag; ++lag) {
    const float* earlier = recent - lag;
    const float energy = dot(earlier, earlier, window) + kFloor;
    const float correlation = dot(recent, earlier, window) / std::sqrt(recentEnergy * energy);
    if (correlation > best.correlation) best = {lag, correlation};
  }
  return best;
}

}  // namespace oavc::audio
