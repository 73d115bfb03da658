// The voice of a human who speaks in place of the bot, or over it. It is added to what the bot says, behind
// the bot's own volume, and the bot is quieter meanwhile. No clock, no allocation.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "ring/spoken_reader.h"

namespace oavc::engine {

class Supervisor {
 public:
  /// `memory` is a supervisor ring, or none: then nobody speaks.
  explicit Supervisor(ring::Memory memory) noexcept
      : reader_(memory, ring::supervisor::kCapacity), present_(memory != nullptr) {}

  /// Takes the next frame of so many samples; true while there is something in it. While `held` the voice
  /// fades out and waits.
  bool take(std::size_t samples, bool held) noexcept;
  /// Gain that the bot shall have at the end of this frame.
  [[nodiscard]] float duck() const noexcept { return duck_; }
  /// Adds the frame that was taken; what is too loud is cut off at full scale.
  void addTo(std::span<std::int16_t> frame) const noexcept;

  static constexpr float kDucked = 0.25F;  // -12 dB

 private:
  void follow(bool loud) noexcept;

  static constexpr std::size_t kMaxFrame = 480;  // 20 ms at 24 kHz
  static constexpr int kLoudPeak = 330;          // -40 dBFS: an open microphone alone ducks nobody
  static constexpr int kHangFrames = 20;         // between words the bot stays ducked
  static constexpr float kRise = 0.05F;          // per frame: 300 ms to full level
  ring::SpokenReader reader_;
  bool present_;
  bool sounds_ = false;
  int hang_ = 0;
  float duck_ = 1;
  std::array<std::int16_t, kMaxFrame> frame_{};
};

}  // namespace oavc::engine
