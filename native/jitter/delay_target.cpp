#include "jitter/delay_target.h"

#include <algorithm>
#include <limits>

namespace oavc::jitter {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr float kGrowth = 1.004F;   // a packet of 5 s ago counts a third
constexpr float kHeaviest = 1e20F;  // then all weights are scaled down
constexpr float kCovered = 0.97F;   // share of the packets that shall come in time
constexpr double kShrinkMs = 0.25;  // a packet; growth is immediate

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
}

void DelayTarget::arrived(std::int64_t arrivalNs, std::int64_t mediaNs) noexcept {
  const std::int64_t transitNs = arrivalNs - mediaNs;
  followBase(arrivalNs, transitNs);
  record(static_cast<double>(transitNs - baseNs_) / 1e6);
  const double wanted = std::clamp(quantileMs(), minMs_, maxMs_);
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

void DelayTarget::record(double latenessMs) noexcept {
  const double bin = std::min(latenessMs / kBinMs, static_cast<double>(kBins - 1));
  weights_[static_cast<std::size_t>(bin)] += weight_;
  total_ += weight_;
  weight_ *= kGrowth;
  if (weight_ < kHeaviest) return;
  for (auto& weight : weights_) weight /= kHeaviest;
  total_ /= kHeaviest;
  weight_ /= kHeaviest;
}

double DelayTarget::quantileMs() const noexcept {
  float uncovered = total_;
  std::size_t bin = 0;
  while (bin < kBins - 1 && (uncovered -= weights_[bin]) > total_ * (1 - kCovered)) ++bin;
  return bin == 0 ? 0 : static_cast<double>(bin + 1) * kBinMs;
}

}  // namespace oavc::jitter
