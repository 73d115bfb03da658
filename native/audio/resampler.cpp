#include "audio/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "audio/dot.h"

namespace oavc::audio {
namespace {

constexpr std::size_t kAtOnce = 4;  // of dot4
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

std::int16_t toSample(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

Resampler::Resampler(int fromHz, int toHz) : fromHz_(fromHz), toHz_(toHz) {
  const int divisor = std::gcd(fromHz, toHz);
  up_ = static_cast<std::size_t>(toHz / divisor);
  down_ = static_cast<std::size_t>(fromHz / divisor);
  if (up_ != down_) design(fromHz, toHz);
  reset();
}

void Resampler::design(int fromHz, int toHz) {
  const double inputPerLow = std::max(1.0, static_cast<double>(fromHz) / toHz);
  const auto half = static_cast<std::size_t>(std::ceil(kHalfTaps * inputPerLow));
  taps_ = 2 * half;
  filter_.resize(up_ * taps_);
  for (std::size_t phase = 0; phase < up_; ++phase) {
    float* row = filter_.data() + phase * taps_;
    const double centre =
        static_cast<double>(half) - 1 + static_cast<double>(phase) / static_cast<double>(up_);
    double gain = 0;
    for (std::size_t tap = 0; tap < taps_; ++tap) {
      const double value = response((static_cast<double>(tap) - centre) / inputPerLow, kHalfTaps);
      row[tap] = static_cast<float>(value);
      gain += value;
    }
    for (std::size_t tap = 0; tap < taps_; ++tap) row[tap] = static_cast<float>(row[tap] / gain);
  }
  samples_.resize(taps_ - 1 + kMaxInput);
}

void Resampler::reset() noexcept {
  std::ranges::fill(samples_, 0.0F);
  position_ = 0;
}

std::size_t Resampler::outputBound(std::size_t inputSamples) const noexcept {
  return inputSamples * up_ / down_ + 2;
}

double Resampler::delayMs() const noexcept {
  return up_ == down_ ? 0 : 1000.0 * static_cast<double>(taps_) / 2 / fromHz_;
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

std::size_t Resampler::pass(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept {
  const std::size_t old = taps_ - 1;
  std::ranges::copy(input, samples_.begin() + static_cast<std::ptrdiff_t>(old));
  const std::size_t written = produce(old + input.size(), output);
  const auto used = static_cast<std::ptrdiff_t>(input.size());
  std::copy(samples_.begin() + used, samples_.begin() + used + static_cast<std::ptrdiff_t>(old),
            samples_.begin());
  position_ -= input.size() * up_;
  return written;
}

/// Outputs that are up_ apart share a row of the filter, four of them are made at once: 4 * up_ outputs a
/// block.
std::size_t Resampler::produceBlocks(std::size_t held, std::span<std::int16_t> output) noexcept {
  std::size_t written = 0;
  const std::size_t block = kAtOnce * up_;
  for (; position_ / up_ + kAtOnce * down_ + taps_ <= held && written + block <= output.size();
       written += block) {
    for (std::size_t n = 0, place = position_; n < up_; ++n, place += down_) {
      const float* row = filter_.data() + place % up_ * taps_;
      const auto sums = dot4(row, samples_.data() + place / up_, down_, taps_);
      for (std::size_t k = 0; k < kAtOnce; ++k) output[written + n + k * up_] = toSample(sums[k]);
    }
    position_ += block * down_;
  }
  return written;
}

std::size_t Resampler::produce(std::size_t held, std::span<std::int16_t> output) noexcept {
  std::size_t written = produceBlocks(held, output);
  std::size_t first = position_ / up_;
  std::size_t phase = position_ % up_;
  for (; first + taps_ <= held && written < output.size(); ++written) {
    output[written] = toSample(dot(filter_.data() + phase * taps_, samples_.data() + first, taps_));
    phase += down_;
    first += phase / up_;
    phase %= up_;
  }
  position_ = first * up_ + phase;
  return written;
}

std::size_t Resampler::flush(std::span<std::int16_t> output) noexcept {
  constexpr std::array<std::int16_t, 64> kZeros{};
  std::size_t written = 0;
  for (std::size_t left = taps_ / 2; left > 0 && written < output.size();) {
    const std::size_t part = std::min(left, kZeros.size());
    written += process(std::span(kZeros).first(part), output.subspan(written));
    left -= part;
  }
  reset();
  return written;
}

}  // namespace oavc::audio
