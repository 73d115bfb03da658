// Ticks to interleaved samples at 16 kHz: the caller left, the bot right, both as of the same moment. Lost
// ticks become silence.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "audio/resampler.h"
#include "record/recording.h"

namespace oavc::record {

class Mixdown {
 public:
  void add(const Tick& tick);
  /// Nothing comes any more: what the resampler still holds belongs to the end.
  void finish();
  /// What is complete since the last call; valid until the next `add`.
  std::span<const std::int16_t> take();

 private:
  void append(std::span<const std::int16_t> heard, std::span<const std::int16_t> sent);
  void appendSent(std::span<const std::int16_t> sent);

  std::optional<audio::Resampler> resampler_;  // from the line rate, once it is known
  std::uint32_t lineSamples_ = 0;              // of a tick
  std::size_t lead_ = 0;                       // samples that the resampler is behind, still to be dropped
  std::uint32_t next_ = 0;                     // number of the next tick
  std::vector<std::int16_t> left_;
  std::vector<std::int16_t> right_;
  std::vector<std::int16_t> stereo_;
};

}  // namespace oavc::record
