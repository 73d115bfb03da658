#include "ring/heard_writer.h"

#include <cstring>

namespace oavc::ring {

using heard::kCapacity;
using heard::kFrameSamples;

bool HeardWriter::write(std::span<const std::int16_t> frame, std::span<const Origin> origins,
                        std::int64_t playoutNs) noexcept {
  if (!hasRoom()) {
    dropped_ += kFrameSamples;
    cell(memory_, heard::kDropped).store(dropped_, std::memory_order_relaxed);
    return false;
  }
  const std::uint32_t place = write_ % kCapacity;
  const std::uint32_t untilEnd =
      kCapacity - place;  // kCapacity is no multiple of the frame: it may wrap inside
  const std::uint32_t before = untilEnd < kFrameSamples ? untilEnd : kFrameSamples;
  std::int16_t* samples = samplesAt(memory_, heard::kSamples);
  std::memcpy(samples + place, frame.data(), before * sizeof(std::int16_t));
  std::memcpy(samples, frame.data() + before, (kFrameSamples - before) * sizeof(std::int16_t));
  for (const Origin& origin : origins) stamp(origin, playoutNs);
  cell(memory_, heard::kStampCount).store(stamps_, std::memory_order_release);
  write_ += kFrameSamples;
  cell(memory_, heard::kWrite).store(write_, std::memory_order_release);
  return true;
}

bool HeardWriter::hasRoom() noexcept {
  if (write_ - readSeen_ + kFrameSamples <= kCapacity) return true;
  readSeen_ = cell(memory_, heard::kRead).load(std::memory_order_acquire);
  return write_ - readSeen_ + kFrameSamples <= kCapacity;
}

void HeardWriter::stamp(const Origin& origin, std::int64_t playoutNs) noexcept {
  const std::size_t slot = stamps_++ % heard::kStampSlots;
  longCell(memory_, heard::kStamps + slot * 16).store(origin.arrivalNs, std::memory_order_relaxed);
  longCell(memory_, heard::kStamps + slot * 16 + 8).store(playoutNs, std::memory_order_relaxed);
  cell(memory_, heard::kStampPositions + slot * 4).store(write_ + origin.offset, std::memory_order_relaxed);
}

void HeardWriter::writeDigit(char character, std::uint32_t durationMs) noexcept {
  const std::uint32_t value = static_cast<std::uint8_t>(character) | durationMs << 8;
  const std::size_t slot = digits_ % heard::kDigitSlots;
  cell(memory_, heard::kDigits + slot * 4).store(value, std::memory_order_relaxed);
  cell(memory_, heard::kDigitCount).store(++digits_, std::memory_order_release);
}

}  // namespace oavc::ring
