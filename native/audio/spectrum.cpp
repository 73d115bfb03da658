#include "audio/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oavc::audio {

Spectrum::Spectrum(std::span<const float, kFrame> window) {
  std::ranges::copy(window, window_.begin());
  for (std::size_t i = 0; i <= kHalf; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kFrame;
    cosine_[i] = static_cast<float>(std::cos(angle));
    sine_[i] = static_cast<float>(std::sin(angle));
  }
  order_.fill(0);
  for (std::size_t i = 0; i < kHalf; ++i)
    for (std::size_t bit = 1; bit < kHalf; bit *= 2)
      if ((i & bit) != 0) order_[i] |= kHalf / 2 / bit;
}

void Spectrum::magnitudes(const float* wave, std::size_t hop, float* out) noexcept {
  read(wave, hop);
  transform();
  write(out);
}

void Spectrum::read(const float* wave, std::size_t hop) noexcept {
  const auto at = [&](std::size_t n) {
    return Four{wave[n], wave[hop + n], wave[2 * hop + n], wave[3 * hop + n]} * window_[n];
  };
  for (std::size_t i = 0; i < kHalf; ++i) values_[order_[i]] = {at(2 * i), at(2 * i + 1)};
}

/// Of 128 complex values, in place, decimated in time.
void Spectrum::transform() noexcept {
  for (std::size_t size = 1; size < kHalf; size *= 2)
    for (std::size_t k = 0; k < size; ++k) {
      const float cosine = cosine_[k * kHalf / size], sine = sine_[k * kHalf / size];
      for (std::size_t i = k; i < kHalf; i += 2 * size) {
        Complex &a = values_[i], &b = values_[i + size];
        const Four real = b.real * cosine + b.imaginary * sine;
        const Four imaginary = b.imaginary * cosine - b.real * sine;
        b = {a.real - real, a.imaginary - imaginary};
        a = {a.real + real, a.imaginary + imaginary};
      }
    }
}

/// The spectra of even and odd samples, told apart by their symmetry and put together.
void Spectrum::write(float* out) const noexcept {
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const Complex &here = values_[bin % kHalf], &there = values_[(kHalf - bin) % kHalf];
    const Four evenReal = here.real + there.real, evenImaginary = here.imaginary - there.imaginary;
    const Four oddReal = here.imaginary + there.imaginary, oddImaginary = there.real - here.real;
    const Four real = evenReal + oddReal * cosine_[bin] + oddImaginary * sine_[bin];
    const Four imaginary = evenImaginary + oddImaginary * cosine_[bin] - oddReal * sine_[bin];
    const Four power = (real * real + imaginary * imaginary) * 0.25F;
    for (std::size_t frame = 0; frame < kFrames; ++frame) out[frame * kBins + bin] = std::sqrt(power[frame]);
  }
}

}  // namespace oavc::audio
