// The reading end of the spoken ring. Wait-free; one reader. Pause, resume, discard and a dry ring never
// click: each is a ramp of 8 ms inside the frame.
#pragma once
#include <span>

#include "ring/cells.h"
#include "ring/layout.h"

namespace oavc::ring {

class SpokenReader {
 public:
  /// `capacity` in samples, a power of two.
  explicit SpokenReader(Memory memory, std::uint32_t capacity = spoken::kCapacity) noexcept
      : memory_(memory), capacity_(capacity) {}

  /// Fills `frame`, with silence where there is nothing to say; true when samples of the ring are in it.
  bool read(std::span<std::int16_t> frame) noexcept;
  /// Reads as if the ring were paused: speech fades out and waits, in place of which something else is sent.
  bool hold(std::span<std::int16_t> frame) noexcept;
  /// Nothing is written for it to read, and what was read has ended and is settled: a frame would be silence.
  [[nodiscard]] bool silent() noexcept {
    return !sendingShown_ && dying_ == 0 && dryFrames_ == kUnderrunFrames && !has(1);
  }
  /// So many samples wait to be read.
  [[nodiscard]] bool has(std::size_t samples) noexcept {
    const auto wanted = static_cast<std::uint32_t>(samples);
    return available(wanted) == wanted;
  }
  /// Position after the last sample that `read` has taken.
  [[nodiscard]] std::uint32_t position() const noexcept { return read_; }
  /// Everything before `position` went out in a packet at `sentNs`: reports it, and times the mark if it is
  /// among it.
  void sent(std::uint32_t position, std::int64_t sentNs) noexcept;
  /// The stream does not send for now: what is read next rises from silence.
  void idle() noexcept;
  [[nodiscard]] std::uint32_t underruns() const noexcept { return underruns_; }

  /// 8 ms of a frame of 20 ms, whatever the rate.
  static constexpr std::size_t rampSamples(std::size_t frameSamples) noexcept { return frameSamples * 2 / 5; }
  static constexpr std::uint32_t kUnderrunFrames = 10;

 private:
  bool discard(std::span<std::int16_t> frame) noexcept;
  bool consume(std::span<std::int16_t> frame) noexcept;
  void fadeOut(std::span<std::int16_t> frame) noexcept;
  void dieAway(std::span<std::int16_t> rest) noexcept;
  void copy(std::span<std::int16_t> out) const noexcept;
  std::uint32_t available(std::uint32_t wanted) noexcept;
  void countUnderrun(std::uint32_t taken, std::uint32_t wanted) noexcept;
  void setSending(bool sending) noexcept;

  Memory memory_;
  std::uint32_t capacity_;
  std::uint32_t read_ = 0;
  std::uint32_t writeSeen_ = 0;  // the writer's index, refreshed only when the ring looks short
  std::uint32_t floor_ = 0;      // marks before this were discarded
  std::uint32_t sent_ = 0;
  std::uint32_t underruns_ = 0;
  std::int16_t last_ = 0;                      // sample that the speech stopped at
  std::size_t ramp_ = 1;                       // of the frame being read
  std::size_t dying_ = 0;                      // samples left of the slope from last_ to silence
  std::uint32_t dryFrames_ = kUnderrunFrames;  // since the ring ran dry in speech
  bool sending_ = false;                       // the last frame ended in speech
  bool sendingShown_ = false;
};

}  // namespace oavc::ring
