// The writing end of the heard ring. Wait-free; one writer. A full ring refuses the frame and counts it.
#pragma once
#include <span>

#include "ring/cells.h"
#include "ring/layout.h"

namespace oavc::ring {

class HeardWriter {
 public:
  explicit HeardWriter(Memory memory) noexcept : memory_(memory) {}

  /// `frame` has heard::kFrameSamples. `arrivalNs` is that of the packet it came from, 0 for none.
  bool write(std::span<const std::int16_t> frame, std::int64_t arrivalNs, std::int64_t playoutNs) noexcept;
  /// The reader may miss digits when it lets more than heard::kDigitSlots pass.
  void writeDigit(char character, std::uint32_t durationMs) noexcept;
  [[nodiscard]] std::uint32_t droppedSamples() const noexcept { return dropped_; }

 private:
  bool hasRoom() noexcept;
  void stamp(std::int64_t arrivalNs, std::int64_t playoutNs) noexcept;

  Memory memory_;
  std::uint32_t write_ = 0;
  std::uint32_t readSeen_ = 0;  // the reader's index, refreshed only when the ring looks full
  std::uint32_t dropped_ = 0;
  std::uint32_t digits_ = 0;
};

}  // namespace oavc::ring
