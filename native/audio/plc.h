// Concealment for 8 kHz G.711 in the manner of G.711 Appendix I: the last pitch period goes on, quieter with
// time, and folds into the first real samples afterwards. Adds no delay.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace oavc::audio {

class Plc {
 public:
  /// Real samples: remembered, and in place blended with what concealment would have said next.
  void good(std::span<std::int16_t> samples) noexcept;
  /// Writes invented samples; silence after kFadeSamples.
  void conceal(std::span<std::int16_t> out) noexcept;

  static constexpr std::size_t kMinLag = 40;   // 200 Hz
  static constexpr std::size_t kMaxLag = 120;  // 67 Hz
  static constexpr std::size_t kHold = 80;     // 10 ms at full loudness
  static constexpr std::size_t kFade = 480;    // silent after 60 ms
  static constexpr std::size_t kMatch = 160;   // compared to find the pitch
  static constexpr std::size_t kHistory = kMatch + kMaxLag;

 private:
  void startConcealment() noexcept;
  std::int16_t nextInvented() noexcept;
  void remember(std::span<const std::int16_t> samples) noexcept;

  std::array<float, kHistory> history_{};
  std::array<float, kMaxLag> period_{};  // what is being repeated
  std::size_t lag_ = 0;
  std::size_t position_ = 0;   // in the period
  std::size_t concealed_ = 0;  // samples since the loss; 0 while all is well
};

}  // namespace oavc::audio
