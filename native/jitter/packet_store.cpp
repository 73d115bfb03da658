#include "jitter/packet_store.h"

#include <algorithm>
#include <numeric>

namespace oavc::jitter {

PacketStore::Put PacketStore::put(std::int64_t sequence, std::int64_t ticks, std::int64_t arrivalNs,
                                  std::span<const std::uint8_t> payload) noexcept {
  if (payload.size() > kMaxPayloadBytes) return Put::kTooLong;
  if (empty_) lowest_ = highest_ = sequence;
  if (sequence < lowest_ && skipped_) return wasReceived(sequence) ? Put::kDuplicate : Put::kLate;
  const std::int64_t lowest = std::min(lowest_, sequence);
  const std::int64_t highest = std::max(highest_, sequence);
  if (highest - lowest >= kSlots) return sequence < lowest_ ? Put::kLate : Put::kTooFar;
  if (holds(sequence)) return Put::kDuplicate;
  const std::uint8_t place = free_[static_cast<std::size_t>(kSlots - ++size_)];
  placeOf_[slotOf(sequence)] = place;
  StoredPacket& packet = places_[place];
  packet.sequence = sequence;
  packet.ticks = ticks;
  packet.arrivalNs = arrivalNs;
  packet.size = static_cast<std::uint16_t>(payload.size());
  std::ranges::copy(payload, packet.octets.begin());
  lowest_ = lowest;
  highest_ = highest;
  empty_ = false;
  return Put::kStored;
}

const StoredPacket* PacketStore::first() const noexcept {
  if (size_ == 0) return nullptr;
  std::int64_t sequence = lowest_;
  while (!holds(sequence)) ++sequence;  // ends: something is held, at most kSlots ahead
  return &places_[placeOf_[slotOf(sequence)]];
}

void PacketStore::skipTo(std::int64_t sequence) noexcept {
  skipped_ = true;
  for (; lowest_ < sequence && size_ > 0; ++lowest_) {
    past_ = past_ << 1 | (holds(lowest_) ? 1U : 0U);
    if (holds(lowest_)) release(lowest_);
  }
  const std::int64_t rest = sequence - lowest_;
  if (rest > 0) {
    past_ = rest < 64 ? past_ << rest : 0;
    lowest_ = sequence;
    highest_ = std::max(highest_, sequence);
  }
}

void PacketStore::release(std::int64_t sequence) noexcept {
  std::uint8_t& place = placeOf_[slotOf(sequence)];
  free_[static_cast<std::size_t>(kSlots - size_--)] = place;
  place = kNone;
}

void PacketStore::clear() noexcept {
  placeOf_.fill(kNone);
  std::iota(free_.begin(), free_.end(), std::uint8_t{0});
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
