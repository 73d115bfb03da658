#include "audio/comfort_noise.h"

#include <algorithm>
#include <cmath>

namespace oavc::audio {
namespace {

constexpr float kLoudest = 328;  // -40 dB under overload: louder is no background
constexpr float kOverQuietest = 1.2F;
constexpr float kFullScale = 32768;

float meanSquare(std::span<const std::int16_t> samples) {
  std::int64_t sum = 0;
  for (const std::int16_t sample : samples) sum += std::int64_t{sample} * sample;
  return static_cast<float>(sum) / static_cast<float>(samples.size());
}

}  // namespace

void ComfortNoise::observe(std::span<const std::int16_t> samples) noexcept {
  if (samples.empty()) return;
  float& quietest = quietest_[window_];
  const float power = meanSquare(samples);
  quietest = quietest < 0 ? power : std::min(quietest, power);
  samplesInWindow_ += samples.size();
  if (samplesInWindow_ < static_cast<std::size_t>(rateHz_ * kWindowMs / 1000)) return;
  samplesInWindow_ = 0;
  window_ = (window_ + 1) % kWindows;
  quietest_[window_] = kUnknown;
}

void ComfortNoise::name(std::uint8_t level) noexcept {
  named_ = kFullScale * std::pow(10.0F, -static_cast<float>(level & 0x7F) / 20);
}

float ComfortNoise::level() const noexcept {
  if (named_ >= 0) return std::min(named_, kLoudest);
  float quietest = kUnknown;
  for (const float power : quietest_)
    if (power >= 0) quietest = quietest < 0 ? power : std::min(quietest, power);
  return quietest < 0 ? 0 : std::min(kOverQuietest * std::sqrt(quietest), kLoudest);
}

/// White noise through a mean of two: telephone noise is not bright. Uniform in +-1 it has a power of 1/3,
/// the mean halves that.
void ComfortNoise::add(std::span<std::int16_t> out, bool wanted) noexcept {
  if (!wanted && presence_ == 0) return;
  const float amplitude = level() * std::sqrt(6.0F);
  const float step = (wanted ? 1000.0F : -1000.0F) / static_cast<float>(rateHz_ * kFadeMs);
  for (auto& sample : out) {
    random_ = random_ * 1664525 + 1013904223;  // Numerical Recipes
    const float white = static_cast<float>(static_cast<std::int32_t>(random_)) / 2147483648.0F;
    const float noise = (white + last_) / 2;
    last_ = white;
    presence_ = std::clamp(presence_ + step, 0.0F, 1.0F);
    const float sum = static_cast<float>(sample) + noise * amplitude * presence_;
    sample = static_cast<std::int16_t>(std::lrintf(std::clamp(sum, -32768.0F, 32767.0F)));
  }
}

}  // namespace oavc::audio
