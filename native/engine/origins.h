// Which packet each stretch of decoded samples came from, while they wait to be played and pass the
// resampler.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "ring/heard_writer.h"

namespace oavc::engine {

class Origins {
 public:
  /// `delaySamples` is how far the output lags behind the samples that are taken.
  explicit Origins(std::size_t delaySamples) noexcept { push(delaySamples, 0); }
  /// Samples were added; `arrivalNs` is that of their packet, 0 for none.
  void push(std::size_t samples, std::int64_t arrivalNs) noexcept {
    if (samples == 0) return;
    if (count_ > 0 && (pieces_[count_ - 1].arrivalNs == arrivalNs || count_ == kMost))
      pieces_[count_ - 1].samples += samples;
    else
      pieces_[count_++] = {samples, arrivalNs};
  }
  /// `samples` were taken. Returns where each stretch of them begins, in samples of the ring; valid until the
  /// next call.
  std::span<const ring::Origin> take(std::size_t samples, std::size_t ringSamples) noexcept {
    std::size_t found = 0, gone = 0;
    for (std::size_t left = samples; left > 0 && gone < count_;) {
      Piece& piece = pieces_[gone];
      const std::size_t part = left < piece.samples ? left : piece.samples;
      taken_[found++] = {static_cast<std::uint32_t>((samples - left) * ringSamples / samples),
                         piece.arrivalNs};
      left -= part;
      piece.samples -= part;
      if (piece.samples == 0) ++gone;
    }
    for (std::size_t i = gone; i < count_; ++i) pieces_[i - gone] = pieces_[i];
    count_ -= gone;
    return std::span(taken_).first(found);
  }

 private:
  static constexpr std::size_t kMost = 64;  // more than ever wait: a packet has at least 2.5 ms
  struct Piece {
    std::size_t samples = 0;
    std::int64_t arrivalNs = 0;
  };
  std::size_t count_ = 0;
  std::array<Piece, kMost> pieces_{};
  std::array<ring::Origin, kMost> taken_{};
};

}  // namespace oavc::engine
