#include "record/mixdown.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace oavc::record {
namespace {

constexpr std::array<std::int16_t, kMaxLineSamples> kSilence{};

}  // namespace

void Mixdown::add(const Tick& tick) {
  const auto sent = std::span(tick.sent).first(tick.sentSamples);
  if (!resampler_) {
    lineSamples_ = tick.sentSamples;
    resampler_.emplace(static_cast<int>(lineSamples_) * 50, kRateHz);
    lead_ = static_cast<std::size_t>(std::lround(resampler_->delayMs() * kRateHz / 1000));
  }
  for (; next_ < tick.number; ++next_)
    append(std::span(kSilence).first(kTickSamples), std::span(kSilence).first(lineSamples_));
  ++next_;
  append(tick.heard, sent);
}

void Mixdown::append(std::span<const std::int16_t> heard, std::span<const std::int16_t> sent) {
  left_.insert(left_.end(), heard.begin(), heard.end());
  appendSent(sent);
}

void Mixdown::appendSent(std::span<const std::int16_t> sent) {
  const std::size_t before = right_.size();
  right_.resize(before + resampler_->outputBound(sent.size()));
  right_.resize(before + resampler_->process(sent, std::span(right_).subspan(before)));
  const std::size_t dropped = std::min(lead_, right_.size());
  right_.erase(right_.begin(), right_.begin() + static_cast<std::ptrdiff_t>(dropped));
  lead_ -= dropped;
}

void Mixdown::finish() {
  if (!resampler_) return;
  appendSent(std::span(kSilence).first(lineSamples_));
  right_.resize(left_.size());
}

std::span<const std::int16_t> Mixdown::take() {
  const std::size_t count = std::min(left_.size(), right_.size());
  stereo_.resize(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    stereo_[2 * i] = left_[i];
    stereo_[2 * i + 1] = right_[i];
  }
  left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(count));
  right_.erase(right_.begin(), right_.begin() + static_cast<std::ptrdiff_t>(count));
  return stereo_;
}

}  // namespace oavc::record
