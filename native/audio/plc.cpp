#include "audio/plc.h"

#include <algorithm>
#include <cmath>

#include "audio/pitch.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kBlendBase = 32;  // 4 ms, and 4 more for each 10 ms lost (G.711 I.2.6)
constexpr std::size_t kBlendMax = 80;

std::int16_t toSample(float value) {
  return static_cast<std::int16_t>(std::lrint(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

void Plc::good(std::span<std::int16_t> samples) noexcept {
  if (concealed_ > 0) {
    const std::size_t wanted = scale_ * std::min(kBlendBase + concealed_ / scale_ / 80 * 32, kBlendMax);
    const std::size_t blend = std::min(wanted, samples.size());
    for (std::size_t i = 0; i < blend; ++i) {
      const float real = static_cast<float>(i + 1) / static_cast<float>(blend + 1);
      const float invented = nextInvented();
      samples[i] = toSample(invented + (static_cast<float>(samples[i]) - invented) * real);
    }
    concealed_ = 0;
  }
  remember(samples);
}

void Plc::conceal(std::span<std::int16_t> out) noexcept {
  if (concealed_ == 0) startConcealment();
  for (auto& sample : out) sample = nextInvented();
  remember(out);
}

/// Takes the last period, and bends its end towards what stood before its start: the seam of the repetition.
void Plc::startConcealment() noexcept {
  std::array<float, kMaxScale * kHistory> samples;
  const auto past = std::span(samples).first(scale_ * kHistory);
  const auto circle = std::span(history_).first(past.size());
  std::ranges::rotate_copy(circle, circle.begin() + static_cast<std::ptrdiff_t>(oldest_), past.begin());
  lag_ = findPitch(past, scale_ * kMatch, scale_ * kMinLag, scale_ * kMaxLag).lag;
  const float* end = past.data() + past.size();
  std::copy(end - lag_, end, period_.begin());
  const std::size_t quarter = lag_ / 4;
  for (std::size_t i = 0; i < quarter; ++i) {
    const float late = static_cast<float>(i + 1) / static_cast<float>(quarter + 1);
    float& tail = period_[lag_ - quarter + i];
    tail += (*(end - lag_ - quarter + i) - tail) * late;
  }
  concealed_ = 1;
  position_ = 0;
}

std::int16_t Plc::nextInvented() noexcept {
  const float sample = period_[position_] * gain();
  position_ = position_ + 1 < lag_ ? position_ + 1 : 0;
  ++concealed_;
  return toSample(sample);
}

float Plc::gain() const noexcept {
  const std::size_t hold = scale_ * kHold, fade = scale_ * kFade;
  if (concealed_ <= hold) return 1;
  if (concealed_ >= fade) return 0;
  return 1 - static_cast<float>(concealed_ - hold) / static_cast<float>(fade - hold);
}

void Plc::remember(std::span<const std::int16_t> samples) noexcept {
  const std::size_t length = scale_ * kHistory;
  const auto kept = samples.last(std::min(samples.size(), length));
  const std::size_t before = std::min(length - oldest_, kept.size());
  std::ranges::copy(kept.first(before), history_.begin() + static_cast<std::ptrdiff_t>(oldest_));
  std::ranges::copy(kept.subspan(before), history_.begin());
  oldest_ = (oldest_ + kept.size()) % length;
}

}  // namespace oavc::audio
