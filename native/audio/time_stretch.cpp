#include "audio/time_stretch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/dot.h"
#include "audio/pitch.h"

namespace oavc::audio {
namespace {

constexpr float kJoinable = 0.85F;      // correlation from which a joint is not heard
constexpr float kQuietSquare = 900.0F;  // mean square under which any joint will do: an amplitude of 30

/// The period to take out or put in; 0 when there is none.
std::size_t periodOf(std::span<const std::int16_t> frame, int rateHz) {
  std::array<float, kMaxStretchSamples> wave;
  if (frame.size() > wave.size()) return 0;
  std::ranges::copy(frame, wave.begin());
  const auto rate = static_cast<std::size_t>(rateHz);
  const std::size_t minLag = rate / 400, maxLag = std::min(rate / 80, frame.size() / 2);
  if (maxLag <= minLag) return 0;
  const float energy = dot(wave.data(), wave.data(), frame.size());
  if (energy < kQuietSquare * static_cast<float>(frame.size())) return maxLag;
  const Pitch pitch = findPitch({wave.data(), frame.size()}, frame.size() - maxLag, minLag, maxLag);
  return pitch.correlation >= kJoinable ? pitch.lag : 0;
}

std::int16_t mix(std::int16_t from, std::int16_t to, std::size_t step, std::size_t steps) {
  const float part = (static_cast<float>(step) + 0.5F) / static_cast<float>(steps);
  return static_cast<std::int16_t>(
      std::lrintf(static_cast<float>(from) + static_cast<float>(to - from) * part));
}

}  // namespace

std::size_t shorten(std::span<std::int16_t> samples, std::size_t length, int rateHz) noexcept {
  const std::size_t period = periodOf(samples.first(length), rateHz);
  if (period == 0) return length;
  for (std::size_t i = 0; i < period; ++i) samples[i] = mix(samples[i], samples[i + period], i, period);
  std::copy(samples.begin() + static_cast<std::ptrdiff_t>(2 * period),
            samples.begin() + static_cast<std::ptrdiff_t>(length),
            samples.begin() + static_cast<std::ptrdiff_t>(period));
  return length - period;
}

/// First period as it was, then the second one turning back into the first, then the rest from the second on.
std::size_t lengthen(std::span<std::int16_t> samples, std::size_t length, int rateHz) noexcept {
  const std::size_t period = periodOf(samples.first(length), rateHz);
  if (period == 0 || length + period > samples.size()) return length;
  std::copy_backward(samples.begin() + static_cast<std::ptrdiff_t>(period),
                     samples.begin() + static_cast<std::ptrdiff_t>(length),
                     samples.begin() + static_cast<std::ptrdiff_t>(length + period));
  for (std::size_t i = 0; i < period; ++i)
    samples[period + i] = mix(samples[2 * period + i], samples[i], i, period);
  return length + period;
}

}  // namespace oavc::audio
