#include "engine/tone-ear.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oavc::bench {
namespace {

constexpr double kRateHz = 8000;
constexpr double kLoudRms = 500;
constexpr double kOwnShare = 0.7;  // of the energy; a pitch 25 Hz off leaves 2 %

double energyOf(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const double sample : samples) sum += sample * sample;
  return sum;
}

}  // namespace

ToneEar::ToneEar(double ownHz) : coefficient_(2 * std::cos(2 * std::numbers::pi * ownHz / kRateHz)) {}

bool ToneEar::loud(std::span<const std::int16_t, kFrame> samples) {
  return energyOf(samples) > kLoudRms * kLoudRms * kFrame;
}

ToneEar::Verdict ToneEar::take(std::span<const std::int16_t, kFrame> samples) {
  if (!loud(samples)) {
    held_ = 0;
    return Verdict::kNone;
  }
  std::ranges::copy(samples, block_.begin() + static_cast<std::ptrdiff_t>(held_ * kFrame));
  if (++held_ < kFrames) return Verdict::kNone;
  held_ = 0;
  return judge();
}

/// Goertzel: the share of the energy that lies at the own pitch.
ToneEar::Verdict ToneEar::judge() const {
  double before = 0, last = 0;
  for (const double sample : block_) {
    const double next = sample + coefficient_ * last - before;
    before = last;
    last = next;
  }
  const double power = last * last + before * before - coefficient_ * last * before;
  const double share = 2 * power / (static_cast<double>(block_.size()) * energyOf(block_));
  return share > kOwnShare ? Verdict::kOwn : Verdict::kForeign;
}

}  // namespace oavc::bench
