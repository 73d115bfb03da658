// Holds packets in order of sequence. Copies in, never allocates once it is made. A slot (sequence % kSlots)
// names a place in a pool; the place that was freed last is taken first, so that a call with few packets held
// stays in few cache lines, and never touches the rest.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace oavc::jitter {

inline constexpr std::size_t kMaxPayloadBytes = 1280;  // 40 ms of L16/16000; the others stay far below

/// Numbers are unwrapped. An empty payload is a packet that only takes its place: an event, not audio.
struct StoredPacket {
  std::int64_t sequence;
  std::int64_t ticks;  // timestamp
  std::int64_t arrivalNs;
  std::uint16_t size;
  std::array<std::uint8_t, kMaxPayloadBytes> octets;
  [[nodiscard]] std::span<const std::uint8_t> payload() const noexcept { return {octets.data(), size}; }
};

class PacketStore {
 public:
  static constexpr std::int64_t kSlots = 128;
  PacketStore() : places_(std::make_unique_for_overwrite<StoredPacket[]>(kSlots)) { clear(); }
  enum class Put : std::uint8_t { kStored, kDuplicate, kLate, kTooFar, kTooLong };

  Put put(std::int64_t sequence, std::int64_t ticks, std::int64_t arrivalNs,
          std::span<const std::uint8_t> payload) noexcept;
  /// The packet with the lowest sequence held; null when empty.
  [[nodiscard]] const StoredPacket* first() const noexcept;
  /// Forgets what lies before `sequence` and takes nothing of it any more.
  void skipTo(std::int64_t sequence) noexcept;
  void clear() noexcept;
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  /// Largest sequence ever stored since `clear`.
  [[nodiscard]] std::int64_t highest() const noexcept { return highest_; }

 private:
  [[nodiscard]] std::size_t slotOf(std::int64_t sequence) const noexcept {
    return static_cast<std::size_t>(sequence & (kSlots - 1));
  }
  [[nodiscard]] bool holds(std::int64_t sequence) const noexcept {
    return placeOf_[slotOf(sequence)] != kNone;
  }
  void release(std::int64_t sequence) noexcept;
  [[nodiscard]] bool wasReceived(std::int64_t sequence) const noexcept;

  static constexpr std::uint8_t kNone = 0xFF;
  std::unique_ptr<StoredPacket[]> places_;
  std::array<std::uint8_t, kSlots> placeOf_;  // by slot; kNone where nothing is held
  std::array<std::uint8_t, kSlots> free_;     // a stack, kSlots - size_ high
  std::uint64_t past_ = 0;                    // bit i: the packet i + 1 before lowest_ was received
  std::int64_t lowest_ = 0;
  std::int64_t highest_ = 0;
  std::int64_t size_ = 0;
  bool empty_ = true;     // nothing came since `clear`
  bool skipped_ = false;  // playout began: lowest_ no longer moves back
};

}  // namespace oavc::jitter
