#include "jitter/delay_target.h"

#include <algorithm>
#include <limits>

namespace oavc::jitter {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr float kGrowth = 1.004F;   // a packet of 5 s ago counts a third
constexpr float kHeaviest = 1e20F;  // then all weights are scaled down
constexpr float kLossMs = 1500;     // delay worth having to spare all packets: 1.5 ms for one in a thousand
constexpr float kUsual = 0.9F;      // a packet later than so many others is likely to be later still
constexpr float kSpread = 0.97F;    // share of the packets that the spread of a network spans
constexpr double kShrinkMs = 0.5;   // a packet; growth is immediate
constexpr double kRouteMs = 30;     // a drop of transit by more, and by more than the spread: another route

}  // namespace

DelayTarget::DelayTarget(double minMs, double maxMs) noexcept
    : minMs_(minMs), maxMs_(maxMs), targetMs_(minMs) {
  reset();
}

void DelayTarget::reset() noexcept {
  fastest_.fill(kNever);
  weights_.fill(0);
  total_ = 0;
  weight_ = 1;
  started_ = false;
  targetMs_ = minMs_;
  usualMs_ = 0;
}

void DelayTarget::arrived(std::int64_t arrivalNs, std::int64_t mediaNs) noexcept {
  const std::int64_t transitNs = arrivalNs - mediaNs;
  const bool first = !started_;
  followBase(arrivalNs, transitNs);
  if (first) originNs_ = baseNs_;
  moveOrigin();
  record(static_cast<double>(transitNs - originNs_) / 1e6);
  const double offsetMs = static_cast<double>(originNs_ - baseNs_) / 1e6;
  usualMs_ = offsetMs + quantileMs(kUsual);
  const double wanted = std::clamp(offsetMs + worthMs(), minMs_, maxMs_);
  targetMs_ = std::max(wanted, targetMs_ - kShrinkMs);
}

void DelayTarget::followBase(std::int64_t arrivalNs, std::int64_t transitNs) noexcept {
  const std::int64_t window = arrivalNs / kWindowNs;
  if (!started_ || window - window_ >= static_cast<std::int64_t>(kWindows))
    fastest_.fill(kNever);
  else
    for (std::int64_t gone = window_ + 1; gone <= window; ++gone)
      fastest_[static_cast<std::size_t>(gone) % kWindows] = kNever;
  window_ = started_ ? std::max(window, window_) : window;
  started_ = true;
  auto& fastest = fastest_[static_cast<std::size_t>(window) % kWindows];
  fastest = std::min(fastest, transitNs);
  baseNs_ = std::ranges::min(fastest_);
}

/// Keeps the histogram where it is in time while the fastest packet changes; after a shorter route it moves
/// along, for what was late on the old one says nothing of the new.
void DelayTarget::moveOrigin() noexcept {
  const double movedMs = static_cast<double>(baseNs_ - originNs_) / 1e6;
  const auto bins = static_cast<std::ptrdiff_t>(movedMs / kBinMs);
  if (bins == 0 && movedMs >= 0) return;
  if (movedMs < -kRouteMs && -movedMs > quantileMs(kSpread)) {
    originNs_ = baseNs_;
    return;
  }
  shift(movedMs < 0 ? bins - 1 : bins);
}

/// Positive: towards less lateness.
void DelayTarget::shift(std::ptrdiff_t bins) noexcept {
  const auto by = static_cast<std::size_t>(std::min<std::ptrdiff_t>(bins < 0 ? -bins : bins, kBins - 1));
  if (bins > 0) {
    for (std::size_t bin = 0; bin < by; ++bin) weights_[by] += weights_[bin];
    std::copy(weights_.begin() + static_cast<std::ptrdiff_t>(by), weights_.end(), weights_.begin());
    std::fill(weights_.end() - static_cast<std::ptrdiff_t>(by), weights_.end(), 0.0F);
  } else {
    for (std::size_t bin = kBins - by; bin < kBins; ++bin) weights_[kBins - 1 - by] += weights_[bin];
    std::copy_backward(weights_.begin(), weights_.end() - static_cast<std::ptrdiff_t>(by), weights_.end());
    std::fill_n(weights_.begin(), by, 0.0F);
  }
  originNs_ += static_cast<std::int64_t>(static_cast<double>(bins) * kBinMs * 1e6);
}

void DelayTarget::record(double latenessMs) noexcept {
  const double bin = std::clamp(latenessMs / kBinMs, 0.0, static_cast<double>(kBins - 1));
  weights_[static_cast<std::size_t>(bin)] += weight_;
  total_ += weight_;
  weight_ *= kGrowth;
  if (weight_ < kHeaviest) return;
  for (auto& weight : weights_) weight /= kHeaviest;
  total_ /= kHeaviest;
  weight_ /= kHeaviest;
}

/// The delay at which a further millisecond would spare less loss than it costs.
double DelayTarget::worthMs() const noexcept {
  float uncovered = total_;
  float cheapest = kLossMs * total_;
  double bestMs = 0;
  for (std::size_t bin = 0; bin + 1 < kBins; ++bin) {
    const auto delayMs = static_cast<float>(static_cast<double>(bin + 1) * kBinMs);
    if (delayMs * total_ >= cheapest) break;  // the delay alone costs more from here on
    uncovered -= weights_[bin];
    const float cost = kLossMs * uncovered + delayMs * total_;
    if (cost >= cheapest) continue;
    cheapest = cost;
    bestMs = delayMs;
  }
  return bestMs;
}

double DelayTarget::quantileMs(float share) const noexcept {
  float uncovered = total_;
  std::size_t bin = 0;
  while (bin < kBins - 1 && (uncovered -= weights_[bin]) > total_ * (1 - share)) ++bin;
  return bin == 0 ? 0 : static_cast<double>(bin + 1) * kBinMs;
}

}  // namespace oavc::jitter
