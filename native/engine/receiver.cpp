#include "engine/receiver.h"

namespace oavc::engine {

Receiver::Receiver(audio::Codec codec, const PayloadMap& map, const SourceLatch& latch,
                   const jitter::Limits& limits)
    : map_(map),
      latch_(latch),
      reception_(audio::clockRateHz(codec)),
      events_(map.telephoneEventClockHz > 0 ? map.telephoneEventClockHz : audio::clockRateHz(codec)),
      playback_(codec, limits) {}

std::optional<rtp::Digit> Receiver::receive(std::span<const std::uint8_t> datagram, const Endpoint& from,
                                            std::int64_t arrivalNs) noexcept {
  const auto packet = rtp::parse(datagram);
  if (!packet || !expected(*packet) || !latch_.admit(from, *packet, arrivalNs)) {
    ++rejected_;
    return std::nullopt;
  }
  const auto verdict = reception_.receive(*packet, arrivalNs, packet->payloadType == map_.audio);
  if (verdict == rtp::Reception::Verdict::kDoubtful) {
    ++rejected_;
    return std::nullopt;
  }
  if (verdict == rtp::Reception::Verdict::kRestarted) playback_.jitter().reset();
  octets_ += datagram.size();
  return accept(*packet, arrivalNs);
}

bool Receiver::expected(const rtp::Packet& packet) const noexcept {
  return !packet.payload.empty() &&
         (packet.payloadType == map_.audio || packet.payloadType == map_.telephoneEvent ||
          packet.payloadType == map_.comfortNoise);
}

std::optional<rtp::Digit> Receiver::accept(const rtp::Packet& packet, std::int64_t arrivalNs) noexcept {
  ++packets_;
  lastPacketNs_ = arrivalNs;
  const bool audio = packet.payloadType == map_.audio;
  playback_.jitter().put(packet, arrivalNs, audio);
  if (audio) return std::nullopt;
  if (packet.payloadType == map_.comfortNoise) {
    playback_.noise().name(packet.payload[0]);
    return std::nullopt;
  }
  const auto event = rtp::parseEvent(packet.payload);
  if (!event) return std::nullopt;
  return events_.receive(*event, packet.timestamp, arrivalNs / 1'000'000);
}

}  // namespace oavc::engine
