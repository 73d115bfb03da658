#include "jitter/packet_store.h"

#include <algorithm>

namespace oavc::jitter {

PacketStore::Put PacketStore::put(std::int64_t sequence, std::int64_t ticks, std::int64_t arrivalNs,
                                  std::span<const std::uint8_t> payload) noexcept {
  if (payload.size() > kMaxPayloadBytes) return Put::kTooLong;
  if (empty_) lowest_ = highest_ = sequence;
  if (sequence < lowest_ && skipped_) return wasReceived(sequence) ? Put::kDuplicate : Put::kLate;
  const std::int64_t lowest = std::min(lowest_, sequence);
  const std::int64_t highest = std::max(highest_, sequence);
  if (highest - lowest >= kSlots) return sequence < lowest_ ? Put::kLate : Put::kTooFar;
  const std::size_t slot = slotOf(sequence);
  if (used_[slot]) return Put::kDuplicate;
  StoredPacket& packet = slots_[slot];
  packet.sequence = sequence;
  packet.ticks = ticks;
  packet.arrivalNs = arrivalNs;
  packet.size = static_cast<std::uint16_t>(payload.size());
  std::ranges::copy(payload, packet.octets.begin());
  used_[slot] = true;
  lowest_ = lowest;
  highest_ = highest;
  empty_ = false;
  ++size_;
  return Put::kStored;
}

const StoredPacket* PacketStore::first() const noexcept {
  if (size_ == 0) return nullptr;
  std::int64_t sequence = lowest_;
  while (!used_[slotOf(sequence)]) ++sequence;  // ends: something is held, at most kSlots ahead
  return &slots_[slotOf(sequence)];
}

void PacketStore::skipTo(std::int64_t sequence) noexcept {
  skipped_ = true;
  for (; lowest_ < sequence && size_ > 0; ++lowest_) {
    const std::size_t slot = slotOf(lowest_);
    past_ = past_ << 1 | (used_[slot] ? 1U : 0U);
    if (used_[slot]) --size_;
    used_[slot] = false;
  }
  const std::int64_t rest = sequence - lowest_;
  if (rest > 0) {
    past_ = rest < 64 ? past_ << rest : 0;
    lowest_ = sequence;
    highest_ = std::max(highest_, sequence);
  }
}

void PacketStore::clear() noexcept {
  used_.fill(false);
  past_ = 0;
  size_ = 0;
  empty_ = true;
  skipped_ = false;
}

bool PacketStore::wasReceived(std::int64_t sequence) const noexcept {
  const std::int64_t age = lowest_ - 1 - sequence;
  return age >= 0 && age < 64 && (past_ >> age & 1) != 0;
}

}  // namespace oavc::jitter
