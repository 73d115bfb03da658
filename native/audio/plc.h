// Concealment for linear samples at 8 or 16 kHz in the manner of G.711 Appendix I: the last pitch period goes
// on, quieter with time, and folds into the first real samples afterwards. Adds no delay.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace oavc::audio {

class Plc {
 public:
  explicit Plc(int rateHz = 8000) noexcept : scale_(static_cast<std::size_t>(rateHz) / 8000) {}
  /// Real samples: remembered, and in place blended with what concealment would have said next.
  void good(std::span<std::int16_t> samples) noexcept;
  /// Writes invented samples; silence after kFade.
  void conceal(std::span<std::int16_t> out) noexcept;
  /// The next real samples come out of silence: nothing is blended into them.
  void rest() noexcept { concealed_ = 0; }

  // In samples of 8 kHz.
  static constexpr std::size_t kMinLag = 40;   // 200 Hz
  static constexpr std::size_t kMaxLag = 120;  // 67 Hz
  static constexpr std::size_t kHold = 80;     // 10 ms at full loudness
  static constexpr std::size_t kFade = 480;    // silent after 60 ms
  static constexpr std::size_t kMatch = 160;   // compared to find the pitch
  static constexpr std::size_t kHistory = kMatch + kMaxLag;

 private:
  static constexpr std::size_t kMaxScale = 2;
  void startConcealment() noexcept;
  std::int16_t nextInvented() noexcept;
  [[nodiscard]] float gain() const noexcept;
  void remember(std::span<const std::int16_t> samples) noexcept;

  std::size_t scale_;  // of the sampling rate
  // The last scale_ * kHistory samples, the oldest at oldest_ and the rest in a circle.
  std::array<std::int16_t, kMaxScale * kHistory> history_{};
  std::size_t oldest_ = 0;
  std::array<float, kMaxScale * kMaxLag> period_{};  // what is being repeated
  std::size_t lag_ = 0;
  std::size_t position_ = 0;   // in the period
  std::size_t concealed_ = 0;  // samples since the loss; 0 while all is well
};

}  // namespace oavc::audio
