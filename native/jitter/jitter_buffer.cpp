#include "jitter/jitter_buffer.h"

#include <cstdlib>

namespace oavc::jitter {
namespace {

constexpr double kOverdueMs = 100;  // over the largest delay: such a packet is not worth its delay
constexpr std::int64_t kJumpNs = 2'000'000'000;  // the sender's clock was set, no network is that uneven

}  // namespace

JitterBuffer::JitterBuffer(int clockRateHz, const Limits& limits)
    : clockRateHz_(clockRateHz),
      limits_(limits),
      target_(limits.minDelayMs, limits.maxDelayMs),
      playout_(clockRateHz) {}

void JitterBuffer::put(const rtp::Packet& packet, std::int64_t arrivalNs, bool audio) noexcept {
  const std::int64_t sequence = sequences_.unwrap(packet.sequence);
  const std::int64_t ticks = timestamps_.unwrap(packet.timestamp);
  const std::int64_t highestBefore = store_.highest();
  const auto payload = audio ? packet.payload : packet.payload.first(0);
  auto put = store_.put(sequence, ticks, arrivalNs, payload);
  if (put == PacketStore::Put::kTooFar) {  // a gap longer than the store: the past is worth nothing now
    store_.clear();
    playout_.reset();
    put = store_.put(sequence, ticks, arrivalNs, payload);
  }
  file(put, sequence, highestBefore);
  // An event's timestamp is that of its start: it says nothing of the network.
  if (!audio || put == PacketStore::Put::kDuplicate) return;
  const bool newest = put == PacketStore::Put::kStored && sequence == store_.highest();
  const std::int64_t transitNs = arrivalNs - nsOf(ticks);
  const bool leapt = target_.started() && std::llabs(transitNs - target_.baseNs()) > kJumpNs;
  if (leapt || (newest && ticks < newestTicks_)) target_.reset();  // no network turns the sender's time back
  if (newest) newestTicks_ = ticks;
  target_.arrived(arrivalNs, nsOf(ticks));
}

void JitterBuffer::file(PacketStore::Put put, std::int64_t sequence, std::int64_t highestBefore) noexcept {
  if (put == PacketStore::Put::kLate) ++counts_.late;
  if (put == PacketStore::Put::kDuplicate) ++counts_.duplicate;
  if (put == PacketStore::Put::kTooLong) ++counts_.refused;
  if (put == PacketStore::Put::kStored && store_.size() > 1 && sequence < highestBefore) ++counts_.reordered;
}

Decision JitterBuffer::next(std::int64_t tickNs, std::int64_t aheadNs) noexcept {
  const StoredPacket* first = head(tickNs);
  const Moment moment{.head = first,
                      .delayMs = first == nullptr ? 0 : delayMs(first->ticks, tickNs),
                      .newestDelayMs = delayMs(newestTicks_, tickNs),
                      .aheadMs = static_cast<double>(aheadNs) / 1e6,
                      .targetMs = target_.targetMs(),
                      .usualMs = target_.usualMs()};
  const Decision decision = playout_.decide(moment);
  if (decision.action == Action::kPlay) delayMs_ = moment.delayMs + moment.aheadMs;
  return decision;
}

/// The first packet with audio that is not hopelessly old.
const StoredPacket* JitterBuffer::head(std::int64_t tickNs) noexcept {
  while (const StoredPacket* first = store_.first()) {
    if (first->size == 0) {
      playout_.pauseAt(first->sequence);
    } else if (store_.size() > 1 && delayMs(first->ticks, tickNs) > limits_.maxDelayMs + kOverdueMs) {
      ++counts_.skipped;
    } else {
      return first;
    }
    store_.skipTo(first->sequence + 1);
  }
  return nullptr;
}

void JitterBuffer::played(const StoredPacket& packet, std::int64_t ticks) noexcept {
  playout_.played(packet, ticks);
  store_.skipTo(packet.sequence + 1);
}

void JitterBuffer::reset() noexcept {
  sequences_.reset();
  timestamps_.reset();
  store_.clear();
  target_.reset();
  playout_.reset();
}

double JitterBuffer::delayMs(std::int64_t ticks, std::int64_t atNs) const noexcept {
  return static_cast<double>(atNs - target_.baseNs() - nsOf(ticks)) / 1e6;
}

std::int64_t JitterBuffer::nsOf(std::int64_t ticks) const noexcept {
  return ticks * 1000 / clockRateHz_ * 1'000'000 + ticks * 1000 % clockRateHz_ * 1'000'000 / clockRateHz_;
}

}  // namespace oavc::jitter
