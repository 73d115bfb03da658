// Test signals, and how much of a signal is the tone that it should be.
#pragma once
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace oavc {

inline std::vector<std::int16_t> tone(double hz, int rateHz, std::size_t samples, double amplitude = 10000,
                                      std::size_t offset = 0) {
  std::vector<std::int16_t> wave(samples);
  for (std::size_t i = 0; i < samples; ++i)
    wave[i] = static_cast<std::int16_t>(std::lrint(
        amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i + offset) / rateHz)));
  return wave;
}

struct ToneFit {
  double amplitude = 0;
  double snrDb = 0;  // the tone against everything else
};

/// Least-squares fit of one sinusoid. Exact enough when the span holds many whole periods.
inline ToneFit fitTone(std::span<const std::int16_t> wave, double hz, int rateHz) {
  double sine = 0, cosine = 0, power = 0;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rateHz;
    sine += wave[i] * std::sin(angle);
    cosine += wave[i] * std::cos(angle);
    power += static_cast<double>(wave[i]) * wave[i];
  }
  const double count = static_cast<double>(wave.size());
  const double amplitude = 2 * std::hypot(sine, cosine) / count;
  const double tonePower = amplitude * amplitude / 2;
  const double rest = std::max(power / count - tonePower, 1e-9);
  return {amplitude, 10 * std::log10(tonePower / rest)};
}

inline double rms(std::span<const std::int16_t> wave) {
  double power = 0;
  for (const auto sample : wave) power += static_cast<double>(sample) * sample;
  return wave.empty() ? 0 : std::sqrt(power / static_cast<double>(wave.size()));
}

/// Largest step between neighbours: a click shows here.
inline int largestStep(std::span<const std::int16_t> wave) {
  int largest = 0;
  for (std::size_t i = 1; i < wave.size(); ++i) largest = std::max(largest, std::abs(wave[i] - wave[i - 1]));
  return largest;
}

}  // namespace oavc
