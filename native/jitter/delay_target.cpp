#include "jitter/delay_target.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace oavc::jitter {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr float kGrowth = 1.0035F;  // a packet of 6 s ago counts a third
constexpr float kHeaviest = 1e20F;  // then all weights are scaled down
constexpr float kLossMs = 2200;     // delay worth having to spare all packets: 2.2 ms for one in a thousand
constexpr float kUsual = 0.88F;     // a packet later than so many others is likely to be later still
constexpr float kSpread = 0.97F;    // share of the packets that the spread of a network spans
constexpr double kShrinkMs = 1;     // a packet; growth is immediate
constexpr double kRouteMs = 30;     // a drop of transit by more, and by more than the spread: another route
constexpr double kFallMs = 1;       // from one packet to the next; less is drift
constexpr int kFallPackets = 5;     // so many without a fall end it

double msOf(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

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
  usualMs_ = minMs_;
  sinceFall_ = 0;
  fallBins_ = 0;
}

void DelayTarget::succeed(const DelayTarget& before) noexcept {
  *this = before;
  started_ = false;
  sinceFall_ = 0;
  fallBins_ = 0;
}

void DelayTarget::arrived(std::int64_t arrivalNs, std::int64_t mediaNs) noexcept {
  const std::int64_t transitNs = arrivalNs - mediaNs;
  if (!started_) baseNs_ = originNs_ = fallFromNs_ = transitNs;
  const std::int64_t baseBeforeNs = baseNs_;
  followBase(arrivalNs, transitNs);
  const double risenMs = msOf(baseNs_ - baseBeforeNs);
  followFall(-risenMs);
  moveOrigin();
  record(msOf(transitNs - originNs_));
  const double offsetMs = msOf(originNs_ - baseNs_);
  usualMs_ = std::max(offsetMs + quantileMs(kUsual), minMs_);
  // What is left of an earlier target stays where it is in time when the base rises.
  const double heldMs = targetMs_ - kShrinkMs - std::max(risenMs, 0.0);
  targetMs_ = std::max(heldMs, std::clamp(offsetMs + worthMs(), minMs_, maxMs_));
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

/// The first packets of a shorter route queue behind the last of the longer: the base falls in several steps.
void DelayTarget::followFall(double fallMs) noexcept {
  if (fallMs > kFallMs) {
    sinceFall_ = 0;
  } else if (++sinceFall_ >= kFallPackets) {
    fallFromNs_ = baseNs_;
    fallBins_ = 0;
  }
}

bool DelayTarget::isOtherRoute() const noexcept {
  const double fallMs = msOf(fallFromNs_ - baseNs_);
  return fallMs > kRouteMs && fallMs > quantileMs(kSpread) - static_cast<double>(fallBins_) * kBinMs;
}

/// Keeps the histogram where it is in time while the fastest packet changes; after a shorter route it moves
/// along, for what was late on the old one says nothing of the new.
void DelayTarget::moveOrigin() noexcept {
  const double movedMs = msOf(baseNs_ - originNs_);
  const auto bins = static_cast<std::ptrdiff_t>(movedMs / kBinMs);
  if (bins == 0 && movedMs >= 0) return;
  if (movedMs < 0 && isOtherRoute()) {
    shift(fallBins_);
    fallBins_ = 0;
    originNs_ = baseNs_;
    return;
  }
  const std::ptrdiff_t by = movedMs < 0 ? bins - 1 : bins;
  shift(by);
  if (sinceFall_ < kFallPackets) fallBins_ -= by;  // a rise after a silence belongs to no fall
}

/// Positive: towards less lateness.
void DelayTarget::shift(std::ptrdiff_t bins) noexcept {
  if (bins == 0) return;
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

/// A packet has to be there at a tick: whoever waits for `delay` waits for something between it and a step
/// more. The delay for which that costs least on average, with the loss it leaves.
double DelayTarget::worthMs() const noexcept {
  constexpr float kStepLossMs = kLossMs / kStepBins;
  float step = std::accumulate(weights_.begin() + 1, weights_.begin() + 1 + kStepBins, 0.0F);
  float beyond = total_ - weights_[0];
  float cost = 0, cheapest = 0;  // over those of the first bin
  std::size_t best = 0;
  for (std::size_t bin = 1; bin < kBins - kStepBins; ++bin) {
    cost += static_cast<float>(kBinMs) * total_ - kStepLossMs * step;
    step += weights_[bin + kStepBins] - weights_[bin];
    beyond -= weights_[bin];
    if (cost < cheapest) {
      cheapest = cost;
      best = bin;
    } else if (cost - kLossMs * beyond >= cheapest) {
      break;  // to spare all that is left would not make up for it
    }
  }
  return static_cast<double>(best + 1) * kBinMs;
}

double DelayTarget::quantileMs(float share) const noexcept {
  float uncovered = total_;
  std::size_t bin = 0;
  while (bin < kBins - 1 && (uncovered -= weights_[bin]) > total_ * (1 - share)) ++bin;
  return static_cast<double>(bin + 1) * kBinMs;
}

}  // namespace oavc::jitter
