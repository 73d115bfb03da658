#include "audio/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "audio/dot.h"
#include "audio/fir.h"

namespace oavc::audio {
namespace {

constexpr double kKaiserBeta = 9.0;
constexpr double kCutoff = 0.925;  // of the lower Nyquist: the middle of the slope from 0.85 to 1

double besselI0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 60; ++k) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

/// The impulse response at `time`, in samples of the lower rate, -1..1 of the half width being the window.
double response(double time, double halfWidth) {
  const double place = time / halfWidth;
  if (std::abs(place) >= 1) return 0;
  const double window = besselI0(kKaiserBeta * std::sqrt(1 - place * place)) / besselI0(kKaiserBeta);
  const double angle = std::numbers::pi * kCutoff * time;
  return window * kCutoff * (std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle);
}

/// Filters in use, by their rates.
class Filters {
 public:
  template <typename Design>
  std::shared_ptr<const std::vector<float>> of(std::pair<int, int> rates, Design design) {
    const std::lock_guard lock(mutex_);
    auto& known = known_[rates];
    auto filter = known.lock();
    if (filter == nullptr) known = filter = std::make_shared<const std::vector<float>>(design());
    return filter;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<int, int>, std::weak_ptr<const std::vector<float>>> known_;
};

Filters& filters() {
  static auto* const all = new Filters;  // never destroyed: a thread may outlive the statics
  return *all;
}

}  // namespace

Resampler::Resampler(int fromHz, int toHz) : fromHz_(fromHz) {
  const std::int64_t lowHz = std::min(fromHz, toHz), highHz = std::max(fromHz, toHz);
  if (lowHz <= 0 || highHz > lowHz * kMaxRatio)
    throw std::invalid_argument("expected rates of which one is at most " + std::to_string(kMaxRatio) +
                                " times the other, got " + std::to_string(fromHz) + " and " +
                                std::to_string(toHz));
  const int divisor = std::gcd(fromHz, toHz);
  up_ = static_cast<std::size_t>(toHz / divisor);
  down_ = static_cast<std::size_t>(fromHz / divisor);
  if (up_ == down_) return;
  half_ = static_cast<std::size_t>(std::ceil(kHalfTaps * std::max(1.0, static_cast<double>(fromHz) / toHz)));
  taps_ = up_ > kFewPhases ? 2 * half_ : (2 * half_ + down_ - 1) / down_ * down_;
  filter_ = filters().of({fromHz, toHz}, [&] { return design(fromHz, toHz); });
  past_.resize(taps_ - 1);
  if (up_ > kFewPhases) return;
  branches_.resize(down_);
  for (auto& branch : branches_) branch.resize(kBlock + taps_ / down_ + 3);
}

std::vector<float> Resampler::design(int fromHz, int toHz) const {
  const double inputPerLow = std::max(1.0, static_cast<double>(fromHz) / toHz);
  std::vector<float> filter(up_ * taps_);
  for (std::size_t phase = 0; phase < up_; ++phase) {
    float* row = filter.data() + phase * taps_;
    const double centre =
        static_cast<double>(half_) - 1 + static_cast<double>(phase) / static_cast<double>(up_);
    double gain = 0;
    for (std::size_t tap = 0; tap < taps_; ++tap) {
      const double value = response((static_cast<double>(tap) - centre) / inputPerLow, kHalfTaps);
      row[tap] = static_cast<float>(value);
      gain += value;
    }
    for (std::size_t tap = 0; tap < taps_; ++tap) row[tap] = static_cast<float>(row[tap] / gain);
  }
  return up_ > kFewPhases ? filter : grouped(filter);
}

/// Taps that are down_ apart meet samples that are down_ apart: in each row, they lie together.
std::vector<float> Resampler::grouped(const std::vector<float>& plain) const {
  std::vector<float> filter(plain.size());
  const std::size_t group = taps_ / down_;
  for (std::size_t phase = 0; phase < up_; ++phase)
    for (std::size_t tap = 0; tap < taps_; ++tap)
      filter[phase * taps_ + tap % down_ * group + tap / down_] = plain[phase * taps_ + tap];
  return filter;
}

void Resampler::reset() noexcept {
  std::ranges::fill(past_, std::int16_t{0});
  position_ = 0;
}

std::size_t Resampler::outputBound(std::size_t inputSamples) const noexcept {
  return inputSamples * up_ / down_ + 2;
}

double Resampler::delayMs() const noexcept {
  return up_ == down_ ? 0 : 1000.0 * static_cast<double>(half_) / fromHz_;
}

std::size_t Resampler::process(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept {
  if (up_ == down_) {
    std::ranges::copy(input, output.begin());
    return input.size();
  }
  std::size_t written = 0;
  while (!input.empty()) {
    const auto part = input.first(std::min(input.size(), kMaxInput));
    written += pass(part, output.subspan(written));
    input = input.subspan(part.size());
  }
  return written;
}

/// Whoever serves many streams has the samples of a pass in its cache, and of each stream only the past.
std::size_t Resampler::pass(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept {
  std::array<float, kMaxTaps + kMaxInput> samples;
  const auto rest = std::ranges::copy(past_, samples.begin()).out;
  const auto end = std::ranges::copy(input, rest).out;
  const std::size_t written = produce({samples.begin(), end}, output);
  const std::size_t kept = past_.size() - std::min(past_.size(), input.size());
  const auto newest = std::copy(past_.end() - static_cast<std::ptrdiff_t>(kept), past_.end(), past_.begin());
  std::copy(input.end() - (past_.end() - newest), input.end(), newest);
  position_ -= input.size() * up_;
  return written;
}

std::size_t Resampler::produce(std::span<const float> held, std::span<std::int16_t> output) noexcept {
  std::size_t written = 0;
  for (std::size_t count = 1; count > 0; written += count) {
    count = std::min(ready(held.size()), output.size() - written);
    if (up_ > kFewPhases) {
      count = std::min(count, kBlock);
      produceEach(held.data(), output.subspan(written, count));
    } else {
      count = std::min(count, kBlock * up_);
      if (count > 0) producePhases(held.data(), output.subspan(written, count));
    }
    position_ += count * down_;
  }
  return written;
}

/// Outputs whose samples are all there.
std::size_t Resampler::ready(std::size_t held) const noexcept {
  if (held < taps_) return 0;
  const std::size_t end = (held - taps_ + 1) * up_;  // the place of the first one that has not all
  return position_ >= end ? 0 : (end - position_ + down_ - 1) / down_;
}

void Resampler::produceEach(const float* samples, std::span<std::int16_t> output) noexcept {
  std::array<float, kBlock> sums;
  for (std::size_t n = 0; n < output.size(); ++n) {
    const std::size_t place = position_ + n * down_;
    sums[n] = dot(filter_->data() + place % up_ * taps_, samples + place / up_, taps_);
  }
  toSamples(std::span(sums).first(output.size()), output.data());
}

/// Outputs that are up_ apart are of one phase, and their samples are down_ apart: consecutive ones in a
/// branch.
void Resampler::producePhases(const float* samples, std::span<std::int16_t> output) noexcept {
  const std::size_t base = position_ / up_;
  const std::size_t last = (position_ + (output.size() - 1) * down_) / up_ + taps_;
  const float* const first = samples + base;
  if (down_ > 1) branch({first, last - base});
  if (up_ == 2 && output.size() % 2 == 0) return producePairs(first, output);
  std::array<float, kBlock> sums;
  std::array<std::int16_t, kBlock> made;
  for (std::size_t n = 0; n < std::min(up_, output.size()); ++n) {
    const std::size_t place = position_ + n * down_;
    const auto phase = std::span(sums).first((output.size() - n + up_ - 1) / up_);
    sumPhase(place % up_, place / up_ - base, first, phase);
    if (up_ == 1) return toSamples(phase, output.data());
    toSamples(phase, made.data());
    for (std::size_t k = 0; k < phase.size(); ++k) output[n + k * up_] = made[k];
  }
}

/// Both phases of a doubled rate, together.
void Resampler::producePairs(const float* first, std::span<std::int16_t> output) noexcept {
  std::array<float, kBlock> even, odd;
  const auto evenSums = std::span(even).first(output.size() / 2),
             oddSums = std::span(odd).first(output.size() / 2);
  const std::size_t place = position_ + down_, base = position_ / up_;
  if (down_ == 1 && place / up_ == base) {
    const auto taps = std::span(*filter_);
    filterPair(taps.first(taps_), taps.subspan(taps_, taps_), first, evenSums, oddSums);
  } else {
    sumPhase(position_ % up_, 0, first, evenSums);
    sumPhase(place % up_, place / up_ - base, first, oddSums);
  }
  toSamples(evenSums, oddSums, output.data());
}

void Resampler::sumPhase(std::size_t phase, std::size_t first, const float* samples,
                         std::span<float> sums) noexcept {
  const std::size_t group = taps_ / down_;
  std::ranges::fill(sums, 0.0F);
  for (std::size_t tap = 0; tap < down_; ++tap) {
    const auto taps = std::span(*filter_).subspan(phase * taps_ + tap * group, group);
    const float* from = down_ == 1 ? samples : branches_[(first + tap) % down_].data();
    filter(taps, from + (first + tap) / down_, sums);
  }
}

/// Deals the samples out to down_ branches.
void Resampler::branch(std::span<const float> samples) noexcept {
  for (std::size_t at = 0, m = 0; at < samples.size(); ++m)
    for (std::size_t r = 0; r < down_ && at < samples.size(); ++r) branches_[r][m] = samples[at++];
}

std::size_t Resampler::flush(std::span<std::int16_t> output) noexcept {
  constexpr std::array<std::int16_t, 64> kZeros{};
  std::size_t written = 0;
  for (std::size_t left = half_; left > 0 && written < output.size();) {
    const std::size_t part = std::min(left, kZeros.size());
    written += process(std::span(kZeros).first(part), output.subspan(written));
    left -= part;
  }
  reset();
  return written;
}

}  // namespace oavc::audio
