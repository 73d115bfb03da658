// Magnitudes of four short frames at once: a real Fourier transform of 256 windowed samples, a frame a lane.
#pragma once
#include <array>
#include <cstddef>
#include <span>

#include "audio/lanes.h"

namespace oavc::audio {

class Spectrum {
 public:
  static constexpr std::size_t kFrame = 256;
  static constexpr std::size_t kBins = kFrame / 2 + 1;
  static constexpr std::size_t kFrames = kNarrowLanes;

  Spectrum() : Spectrum(std::array<float, kFrame>{}) {}
  explicit Spectrum(std::span<const float, kFrame> window);
  /// Frame i begins at wave[i * hop]; its kBins magnitudes go to out[i * kBins].
  void magnitudes(const float* wave, std::size_t hop, float* out) noexcept;

 private:
  using Four = Lanes<kNarrowLanes>;
  static constexpr std::size_t kHalf = kFrame / 2;
  struct Complex {
    Four real, imaginary;
  };
  void read(const float* wave, std::size_t hop) noexcept;
  void transform() noexcept;
  void write(float* out) const noexcept;

  std::array<float, kFrame> window_;
  std::array<float, kHalf + 1> cosine_, sine_;  // of a turn's 256th parts
  std::array<std::size_t, kHalf> order_;        // bits reversed
  std::array<Complex, kHalf> values_;           // even samples real, odd ones imaginary
};

}  // namespace oavc::audio
