// DTMF in the audio itself (ITU-T Q.23), for callers whose gateway sends no telephone events. Every 10 ms a
// window of 20 ms is looked at; what counts as a digit (Q.24, the limits of AT&T):
//
//   level       each tone at least -36 dBm0
//   frequency   within 2.2 % of nominal: 1.5 % is always taken, 3.5 % never. Measured by how far the phase
//               turned in 10 ms, which is finer than the window can resolve
//   twist       high tone at most 4.5 dB over the low one, at most 8.5 dB under it
//   purity      both tones are 85 % of all energy: what speech seldom is, and never for long
//   duration    two windows one after the other: 40 ms are always taken, 23 ms never
//   pause       four windows without it: 40 ms always end a digit, 10 ms never
//
// No clock, no allocation.
#pragma once
#include <array>
#include <complex>
#include <cstdint>
#include <optional>
#include <span>

namespace oavc::audio {

struct HeardTone {
  char digit = 0;
  std::uint32_t durationMs = 0;
};

class ToneDetector {
 public:
  static constexpr int kRateHz = 16000;
  static constexpr std::size_t kStepSamples = 160;
  ToneDetector() noexcept;
  /// The next 10 ms. A digit when its tone is over.
  std::optional<HeardTone> hear(std::span<const std::int16_t, kStepSamples> step) noexcept;

 private:
  static constexpr std::size_t kTones = 4;
  static constexpr std::size_t kWindow = 2 * kStepSamples;
  using Phasor = std::complex<float>;

  /// One group of tones in the window.
  struct Peak {
    std::size_t place = 0;
    float amplitude = 0;  // as if the tone had its nominal frequency
    bool clear = false;   // over its neighbours, and near enough to nominal
  };
  struct Group {
    std::array<float, kTones> hz;
    std::array<float, kTones> coefficient{};
    std::array<Phasor, kTones> unit{};  // of one sample
    std::array<Phasor, kTones> now{};
    std::array<Phasor, kTones> before{};
  };

  [[nodiscard]] char digitInWindow() noexcept;
  void measure(Group& group) const noexcept;
  [[nodiscard]] static Peak peakOf(const Group& group) noexcept;
  [[nodiscard]] float meanSquare() const noexcept;
  std::optional<HeardTone> follow(char seen) noexcept;
  HeardTone finish() noexcept;

  Group low_{{697, 770, 852, 941}};
  Group high_{{1209, 1336, 1477, 1633}};
  std::array<float, kWindow> window_{};
  char candidate_ = 0;
  int steps_ = 0;    // from the first window with it to the last
  int windows_ = 0;  // with it, one after the other, at most kConfirm
  int missing_ = 0;  // since the last
};

}  // namespace oavc::audio
