// The receiving half of a stream: whose datagram it is, what it carries, where it goes. No sockets, no clock.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "engine/playback.h"
#include "engine/source_latch.h"
#include "rtp/reception.h"
#include "rtp/telephone_event.h"

namespace oavc::engine {

struct PayloadMap {
  int audio = 0;
  int telephoneEvent = -1;
  int telephoneEventClockHz = 0;  // of its durations; 0 for that of the audio
  int comfortNoise = -1;          // RFC 3389; its static type is understood unasked
};

class Receiver {
 public:
  Receiver(audio::Codec codec, const PayloadMap& map, const SourceLatch& latch, const jitter::Limits& limits);

  /// A digit when this datagram completes one.
  std::optional<rtp::Digit> receive(std::span<const std::uint8_t> datagram, const Endpoint& from,
                                    std::int64_t arrivalNs) noexcept;
  /// A digit whose last packets were lost.
  std::optional<rtp::Digit> expireDigit(std::int64_t nowNs) noexcept {
    return events_.expire(nowNs / 1'000'000);
  }

  /// Other payload types beside the same audio.
  void remap(audio::Codec codec, const PayloadMap& map) noexcept;
  /// Goes on in place of another receiver of the same caller, in mid-call: knows whose stream it is and which
  /// key is down, and plays the other out.
  void succeed(Receiver& before, std::int64_t tickNs) noexcept {
    latch_ = before.latch_;
    events_.inherit(before.events_);
    playback_.succeed(before.playback_, tickNs);
  }

  Playback& playback() noexcept { return playback_; }
  [[nodiscard]] const Playback& playback() const noexcept { return playback_; }
  SourceLatch& latch() noexcept { return latch_; }
  [[nodiscard]] const SourceLatch& latch() const noexcept { return latch_; }
  rtp::Reception& reception() noexcept { return reception_; }
  [[nodiscard]] const rtp::Reception& reception() const noexcept { return reception_; }
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_; }
  [[nodiscard]] std::int64_t lastPacketNs() const noexcept { return lastPacketNs_; }

 private:
  enum class Kind : std::uint8_t { kAudio, kEvent, kNoise, kOther };
  [[nodiscard]] Kind kindOf(const rtp::Packet& packet) const noexcept;
  [[nodiscard]] bool admits(const rtp::Packet& packet, Kind kind, const Endpoint& from,
                            std::int64_t arrivalNs) noexcept;
  std::optional<rtp::Digit> accept(const rtp::Packet& packet, Kind kind, std::int64_t arrivalNs) noexcept;

  PayloadMap map_;
  SourceLatch latch_;
  rtp::Reception reception_;
  rtp::EventReceiver events_;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t rejected_ = 0;
  std::int64_t lastPacketNs_ = 0;
  Playback playback_;
};

}  // namespace oavc::engine
