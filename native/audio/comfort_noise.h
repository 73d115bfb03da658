// The noise behind a voice, for when the voice's device sends nothing: a line that falls dead between words
// is taken for a hang-up, and throws a recogniser off. Its level is that of the quietest stretches of the
// last seconds, or the one that the device names (RFC 3389). No clock, no allocation.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace oavc::audio {

class ComfortNoise {
 public:
  explicit ComfortNoise(int rateHz) noexcept : rateHz_(rateHz) {}
  /// Real audio, a packet at a time.
  void observe(std::span<const std::int16_t> samples) noexcept;
  /// RFC 3389 3: the octet is dB under overload. Holds for one silence.
  void name(std::uint8_t level) noexcept;
  void forgetName() noexcept { named_ = -1; }
  /// Adds noise to `out`; it comes and goes within kFadeMs.
  void add(std::span<std::int16_t> out, bool wanted) noexcept;
  /// Root mean square of the noise that would be added.
  [[nodiscard]] float level() const noexcept;

  /// The same background, at another rate.
  [[nodiscard]] ComfortNoise at(int rateHz) const noexcept {
    ComfortNoise other = *this;
    other.rateHz_ = rateHz;
    return other;
  }

  static constexpr int kFadeMs = 20;

 private:
  static constexpr std::size_t kWindows = 6;  // of the past
  static constexpr int kWindowMs = 500;
  static constexpr float kUnknown = -1;

  int rateHz_;
  std::array<float, kWindows> quietest_{kUnknown, kUnknown, kUnknown, kUnknown, kUnknown, kUnknown};
  std::size_t window_ = 0;
  std::size_t samplesInWindow_ = 0;
  float named_ = kUnknown;
  float presence_ = 0;  // 0..1
  std::uint32_t random_ = 0x9E3779B9;
  float last_ = 0;
};

}  // namespace oavc::audio
