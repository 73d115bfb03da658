// Whether what is heard is one's own: every bot of the soak sings at a pitch of its own. Judged over 100 ms,
// which tells pitches apart that are 25 Hz from each other.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace oavc::bench {

class ToneEar {
 public:
  static constexpr std::size_t kFrame = 160;  // of 8 kHz
  enum class Verdict : std::uint8_t { kNone, kOwn, kForeign };

  explicit ToneEar(double ownHz);
  /// True when the frame holds sound.
  static bool loud(std::span<const std::int16_t, kFrame> samples);
  /// Takes the next frame; a verdict comes with every fifth loud one in a row.
  Verdict take(std::span<const std::int16_t, kFrame> samples);

 private:
  [[nodiscard]] Verdict judge() const;

  static constexpr std::size_t kFrames = 5;
  double coefficient_;
  std::array<std::int16_t, kFrames * kFrame> block_{};
  std::size_t held_ = 0;
};

}  // namespace oavc::bench
