// Polyphase FIR between any two of the usual rates, int16 mono. Windowed sinc, Kaiser beta 9: flat to 0.85 of
// the lower Nyquist frequency, at least 90 dB down from that frequency on. Delay: kHalfTaps samples of the
// lower rate.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace oavc::audio {

class Resampler {
 public:
  static constexpr std::size_t kHalfTaps = 40;    // zero crossings on each side of the centre
  static constexpr std::size_t kMaxInput = 2048;  // longest input that one pass takes; longer ones are cut up
  static constexpr int kMaxRatio = 24;            // 192 kHz and 8

  /// Throws std::invalid_argument where one rate is more than kMaxRatio times the other.
  Resampler(int fromHz, int toHz);

  /// Consumes all of `input`; returns the samples written. `output` must have room for
  /// outputBound(input.size()).
  std::size_t process(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept;
  [[nodiscard]] std::size_t outputBound(std::size_t inputSamples) const noexcept;
  /// Writes what the delay still holds, so that output lasts as long as input did; then starts anew.
  std::size_t flush(std::span<std::int16_t> output) noexcept;
  void reset() noexcept;
  [[nodiscard]] double delayMs() const noexcept;

 private:
  static constexpr std::size_t kBlock = 256;    // outputs of a phase at once
  static constexpr std::size_t kFewPhases = 6;  // up to this many, outputs of a phase are close together
  static constexpr std::size_t kMaxTaps = (2 * kHalfTaps + kFewPhases) * kMaxRatio;
  [[nodiscard]] std::vector<float> design(int fromHz, int toHz) const;
  [[nodiscard]] std::vector<float> grouped(const std::vector<float>& plain) const;
  std::size_t pass(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept;
  std::size_t produce(std::span<const float> held, std::span<std::int16_t> output) noexcept;
  [[nodiscard]] std::size_t ready(std::size_t held) const noexcept;
  // `samples`: the oldest first.
  void produceEach(const float* samples, std::span<std::int16_t> output) noexcept;
  void producePhases(const float* samples, std::span<std::int16_t> output) noexcept;
  void producePairs(const float* first, std::span<std::int16_t> output) noexcept;
  void sumPhase(std::size_t phase, std::size_t first, const float* samples, std::span<float> sums) noexcept;
  void branch(std::span<const float> samples) noexcept;

  int fromHz_;
  std::size_t up_;        // phases
  std::size_t down_;      // phase step of an output sample
  std::size_t half_ = 0;  // taps on each side of the centre
  std::size_t taps_ = 0;  // both sides, made up to a multiple of down_
  // [phase][tap], tap 0 meets the oldest sample; with few phases see `grouped`. All of the same rates share
  // one.
  std::shared_ptr<const std::vector<float>> filter_;
  std::vector<std::vector<float>> branches_;  // every down_-th sample of a block
  std::vector<std::int16_t> past_;            // the last taps_ - 1 samples of the passes before
  std::size_t position_ = 0;  // of the next output, in 1/up_ of an input sample past the oldest
};

}  // namespace oavc::audio
