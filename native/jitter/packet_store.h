// Holds packets in order of sequence: a fixed array, slot = sequence % kSlots. Copies in, never allocates.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace oavc::jitter {

inline constexpr std::size_t kMaxPayloadBytes = 1280;  // 40 ms of L16/16000; the others stay far below

/// Numbers are unwrapped. An empty payload is a packet that only takes its place: an event, not audio.
struct StoredPacket {
  std::int64_t sequence = 0;
  std::int64_t ticks = 0;  // timestamp
  std::int64_t arrivalNs = 0;
  std::uint16_t size = 0;
  std::array<std::uint8_t, kMaxPayloadBytes> octets;
  [[nodiscard]] std::span<const std::uint8_t> payload() const noexcept { return {octets.data(), size}; }
};

class PacketStore {
 public:
  static constexpr std::int64_t kSlots = 128;
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
  [[nodiscard]] bool wasReceived(std::int64_t sequence) const noexcept;

  std::array<StoredPacket, kSlots> slots_;
  std::array<bool, kSlots> used_{};
  std::uint64_t past_ = 0;  // bit i: the packet i + 1 before lowest_ was received
  std::int64_t lowest_ = 0;
  std::int64_t highest_ = 0;
  std::int64_t size_ = 0;
  bool empty_ = true;     // nothing came since `clear`
  bool skipped_ = false;  // playout began: lowest_ no longer moves back
};

}  // namespace oavc::jitter
