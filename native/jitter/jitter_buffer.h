// The jitter buffer: packets in, in whatever order they come; one decision out whenever samples are needed.
// Time is an argument, a network is a trace in virtual time.
#pragma once
#include <cstdint>

#include "jitter/delay_target.h"
#include "jitter/packet_store.h"
#include "jitter/playout.h"
#include "rtp/packet.h"
#include "rtp/sequence.h"

namespace oavc::jitter {

struct Limits {
  double minDelayMs = 10;
  double maxDelayMs = 400;
};

struct JitterCounts {
  std::uint64_t late = 0;  // came after their place was played
  std::uint64_t duplicate = 0;
  std::uint64_t reordered = 0;  // came after a later one, in time
  std::uint64_t skipped = 0;    // held, but older than the largest delay allows
  std::uint64_t refused = 0;    // longer than a slot
};

class JitterBuffer {
 public:
  JitterBuffer(int clockRateHz, const Limits& limits);
  /// `audio` is false for a packet that only takes its place in the sequence (a telephone event).
  void put(const rtp::Packet& packet, std::int64_t arrivalNs, bool audio) noexcept;
  /// At a tick of the listener, while samples lack for it. `aheadNs`: how much there already is to be played
  /// from this tick on.
  Decision next(std::int64_t tickNs, std::int64_t aheadNs = 0) noexcept;
  /// What became of the decision; `ticks` in units of the RTP clock.
  void played(const StoredPacket& packet, std::int64_t ticks) noexcept;
  void concealed(std::int64_t ticks) noexcept { playout_.concealed(ticks); }
  void recovered(const StoredPacket& packet) noexcept { playout_.recovered(packet); }
  /// Goes on in place of another one, before its own first packet: expects the same network.
  void succeed(const JitterBuffer& before) noexcept { target_.succeed(before.target_); }
  /// Another source, or the same one anew: nothing of the past counts.
  void reset() noexcept;

  [[nodiscard]] double targetDelayMs() const noexcept { return target_.targetMs(); }
  /// Delay of what was last played over the fastest packet's transit.
  [[nodiscard]] double playoutDelayMs() const noexcept { return delayMs_; }
  [[nodiscard]] const JitterCounts& counts() const noexcept { return counts_; }

 private:
  void file(PacketStore::Put put, std::int64_t sequence, std::int64_t highestBefore) noexcept;
  const StoredPacket* head(std::int64_t tickNs) noexcept;
  [[nodiscard]] double delayMs(std::int64_t ticks, std::int64_t atNs) const noexcept;
  [[nodiscard]] std::int64_t nsOf(std::int64_t ticks) const noexcept;

  int clockRateHz_;
  Limits limits_;
  rtp::Unwrapper<std::uint16_t> sequences_;
  rtp::Unwrapper<std::uint32_t> timestamps_;
  PacketStore store_;
  DelayTarget target_;
  Playout playout_;
  JitterCounts counts_;
  std::int64_t newestTicks_ = 0;  // timestamp of the packet with the largest sequence
  double delayMs_ = 0;
};

}  // namespace oavc::jitter
