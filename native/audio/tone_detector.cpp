#include "audio/tone_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oavc::audio {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;
constexpr float kLeastAmplitude = 360;  // -36 dBm0; 0 dBm0 is 3.14 dB under full scale (G.711)
constexpr float kMostOff = 0.022F;      // of the nominal frequency
constexpr float kNeighbour = 0.45F;     // of the peak, at most
constexpr float kHighOverLow = 1.68F;   // 4.5 dB
constexpr float kLowOverHigh = 2.66F;   // 8.5 dB
constexpr float kPurity = 0.85F;
constexpr int kConfirm = 2;
constexpr int kForget = 4;
constexpr std::uint32_t kStepMs = 10;
constexpr std::uint32_t kWindowMs = 20;
constexpr const char* kDigits = "123A456B789C*0#D";

/// How much a window of `windowSeconds` sees of a tone that is so far from the frequency it looks for.
float responseAt(float offHz, float windowSeconds) {
  const float x = kPi * offHz * windowSeconds;
  return std::abs(x) < 1e-3F ? 1.0F : std::abs(std::sin(x) / x);
}

}  // namespace

ToneDetector::ToneDetector() noexcept {
  for (Group* group : {&low_, &high_}) {
    for (std::size_t i = 0; i < kTones; ++i) {
      const float angle = 2 * kPi * group->hz[i] / kRateHz;
      group->coefficient[i] = 2 * std::cos(angle);
      group->unit[i] = std::polar(1.0F, angle);
    }
  }
}

std::optional<HeardTone> ToneDetector::hear(std::span<const std::int16_t, kStepSamples> step) noexcept {
  std::copy(window_.begin() + kStepSamples, window_.end(), window_.begin());
  std::ranges::copy(step, window_.begin() + kStepSamples);
  measure(low_);
  measure(high_);
  return follow(digitInWindow());
}

/// Goertzel: the phasor of each tone at the end of the window.
void ToneDetector::measure(Group& group) const noexcept {
  group.before = group.now;
  for (std::size_t i = 0; i < kTones; ++i) {
    float last = 0, older = 0;
    for (const float sample : window_) {
      const float next = sample + group.coefficient[i] * last - older;
      older = last;
      last = next;
    }
    group.now[i] = last - std::conj(group.unit[i]) * older;
  }
}

char ToneDetector::digitInWindow() noexcept {
  const Peak low = peakOf(low_), high = peakOf(high_);
  if (!low.clear || !high.clear) return 0;
  if (high.amplitude > kHighOverLow * low.amplitude || low.amplitude > kLowOverHigh * high.amplitude)
    return 0;
  const float tones = (low.amplitude * low.amplitude + high.amplitude * high.amplitude) / 2;
  return tones >= kPurity * meanSquare() ? kDigits[low.place * kTones + high.place] : 0;
}

ToneDetector::Peak ToneDetector::peakOf(const Group& group) noexcept {
  std::array<float, kTones> size{};
  for (std::size_t i = 0; i < kTones; ++i) size[i] = std::abs(group.now[i]);
  const auto place = static_cast<std::size_t>(std::ranges::max_element(size) - size.begin());
  bool clear = true;
  for (std::size_t i = 0; i < kTones; ++i)
    clear = clear && (i == place || size[i] <= kNeighbour * size[place]);
  const float expected = 2 * kPi * group.hz[place] * kStepSamples / kRateHz;
  const float turned =
      std::arg(group.now[place] * std::conj(group.before[place]) * std::polar(1.0F, -expected));
  const float offHz = turned * kRateHz / (2 * kPi * kStepSamples);
  clear = clear && std::abs(offHz) <= kMostOff * group.hz[place];
  const float seen = responseAt(offHz, static_cast<float>(kWindow) / kRateHz);
  const float amplitude = 2 * size[place] / (kWindow * std::max(seen, 0.1F));
  return {place, amplitude, clear && amplitude >= kLeastAmplitude};
}

float ToneDetector::meanSquare() const noexcept {
  float sum = 0;
  for (const float sample : window_) sum += sample * sample;
  return sum / kWindow;
}

std::optional<HeardTone> ToneDetector::follow(char seen) noexcept {
  std::optional<HeardTone> over;
  if (candidate_ != 0 && seen != candidate_ && (++missing_ >= kForget || windows_ < kConfirm || seen != 0)) {
    if (windows_ >= kConfirm) over = finish();
    candidate_ = 0;
  }
  if (seen == 0) return over;
  if (candidate_ == 0) {
    steps_ = windows_ = 0;
    candidate_ = seen;
  } else {
    steps_ += missing_ + 1;
  }
  windows_ = std::min(windows_ + 1, kConfirm);
  missing_ = 0;
  return over;
}

HeardTone ToneDetector::finish() noexcept {
  return {candidate_, static_cast<std::uint32_t>(steps_) * kStepMs + kWindowMs};
}

}  // namespace oavc::audio
