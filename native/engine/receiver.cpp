#include "engine/receiver.h"

namespace oavc::engine {
namespace {

constexpr int kStaticComfortNoise = 13;  // RFC 3551 table 4: devices send it without a word in SDP

int eventClockHz(audio::Codec codec, const PayloadMap& map) {
  return map.telephoneEventClockHz > 0 ? map.telephoneEventClockHz : audio::clockRateHz(codec);
}

}  // namespace

Receiver::Receiver(audio::Codec codec, const PayloadMap& map, const SourceLatch& latch,
                   const jitter::Limits& limits)
    : map_(map),
      latch_(latch),
      reception_(audio::clockRateHz(codec)),
      events_(eventClockHz(codec, map)),
      playback_(codec, limits) {}

void Receiver::remap(audio::Codec codec, const PayloadMap& map) noexcept {
  map_ = map;
  rtp::EventReceiver events(eventClockHz(codec, map));
  events.inherit(events_);
  events_ = events;
}

std::optional<rtp::Digit> Receiver::receive(std::span<const std::uint8_t> datagram, const Endpoint& from,
                                            std::int64_t arrivalNs) noexcept {
  const auto packet = rtp::parse(datagram);
  const Kind kind = packet ? kindOf(*packet) : Kind::kOther;
  if (!packet || !admits(*packet, kind, from, arrivalNs)) {
    ++rejected_;
    return std::nullopt;
  }
  const bool begins = !reception_.started();
  const auto verdict = reception_.receive(*packet, arrivalNs, kind == Kind::kAudio);
  if (verdict == rtp::Reception::Verdict::kDoubtful) {
    ++rejected_;
    return std::nullopt;
  }
  if (verdict == rtp::Reception::Verdict::kRestarted && !begins) playback_.jitter().reset();
  octets_ += datagram.size();
  return accept(*packet, kind, arrivalNs);
}

Receiver::Kind Receiver::kindOf(const rtp::Packet& packet) const noexcept {
  if (packet.payload.empty()) return Kind::kOther;
  if (packet.payloadType == map_.audio) return Kind::kAudio;
  if (packet.payloadType == map_.telephoneEvent) return Kind::kEvent;
  const bool noise = packet.payloadType == map_.comfortNoise || packet.payloadType == kStaticComfortNoise;
  return noise ? Kind::kNoise : Kind::kOther;
}

/// What was not agreed on says nothing, and nobody gets in by it; of the source that is heard it is a sign of
/// life, and takes its place in the sequence: it was not lost.
bool Receiver::admits(const rtp::Packet& packet, Kind kind, const Endpoint& from,
                      std::int64_t arrivalNs) noexcept {
  const bool heard = reception_.started() && packet.ssrc == reception_.ssrc() && latch_.hears(from);
  return (kind != Kind::kOther || heard) && latch_.admit(from, packet, arrivalNs);
}

std::optional<rtp::Digit> Receiver::accept(const rtp::Packet& packet, Kind kind,
                                           std::int64_t arrivalNs) noexcept {
  ++packets_;
  lastPacketNs_ = arrivalNs;
  playback_.jitter().put(packet, arrivalNs, kind == Kind::kAudio);
  if (kind == Kind::kOther) ++rejected_;
  if (kind == Kind::kNoise) playback_.noise().name(packet.payload[0]);
  if (kind != Kind::kEvent) return std::nullopt;
  const auto event = rtp::parseEvent(packet.payload);
  if (!event) return std::nullopt;
  return events_.receive(*event, packet, arrivalNs / 1'000'000);
}

}  // namespace oavc::engine
