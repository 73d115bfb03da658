// The writing end of the heard ring. Wait-free; one writer. A full ring refuses the frame and counts it.
#pragma once
#include <span>

#include "ring/cells.h"
#include "ring/layout.h"

namespace oavc::ring {

/// From `offset` on, the samples of a frame are those of one packet.
struct Origin {
  std::uint32_t offset = 0;
  std::int64_t arrivalNs = 0;  // 0 for none: invented, or silence
};

class HeardWriter {
 public:
  explicit HeardWriter(Memory memory) noexcept : memory_(memory) {}

  /// `frame` has heard::kFrameSamples; the first of its origins has offset 0.
  bool write(std::span<const std::int16_t> frame, std::span<const Origin> origins,
             std::int64_t playoutNs) noexcept;
  /// The reader may miss digits when it lets more than heard::kDigitSlots pass.
  void writeDigit(char character, std::uint32_t durationMs) noexcept;
  [[nodiscard]] std::uint32_t droppedSamples() const noexcept { return dropped_; }

 private:
  bool hasRoom() noexcept;
  void stamp(const Origin& origin, std::int64_t playoutNs) noexcept;

  Memory memory_;
  std::uint32_t write_ = 0;
  std::uint32_t readSeen_ = 0;  // the reader's index, refreshed only when the ring looks full
  std::uint32_t dropped_ = 0;
  std::uint32_t digits_ = 0;
  std::uint32_t stamps_ = 0;
};

}  // namespace oavc::ring
