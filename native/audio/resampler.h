// Polyphase FIR between any two of the usual rates, int16 mono. Windowed sinc, Kaiser beta 9: flat to 0.85 of
// the lower Nyquist frequency, at least 90 dB down from that frequency on. Delay: kHalfTaps samples of the
// lower rate.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace oavc::audio {

class Resampler {
 public:
  static constexpr std::size_t kHalfTaps = 40;    // zero crossings on each side of the centre
  static constexpr std::size_t kMaxInput = 8192;  // longest input that one pass takes; longer ones are cut up

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
  void design(int fromHz, int toHz);
  std::size_t pass(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept;
  std::size_t produceBlocks(std::size_t held, std::span<std::int16_t> output) noexcept;
  std::size_t produce(std::size_t held, std::span<std::int16_t> output) noexcept;

  int fromHz_;
  int toHz_;
  std::size_t up_;    // phases
  std::size_t down_;  // phase step of an output sample
  std::size_t taps_ = 0;
  std::vector<float> filter_;   // [phase][tap], tap 0 meets the oldest sample
  std::vector<float> samples_;  // taps_ - 1 old ones, then the input of this pass
  std::size_t position_ = 0;    // of the next output, in 1/up_ of an input sample past the oldest
};

}  // namespace oavc::audio
