#include "rtp/packet.h"

#include "rtp/octets.h"

namespace oavc::rtp {
namespace {

constexpr std::uint8_t kVersion = 2;

/// Payload types 72-76 are RTCP 200-204 seen through the marker bit (RFC 5761 section 4).
bool looksLikeRtcp(std::uint8_t payloadType) {
  return payloadType >= 72 && payloadType <= 76;
}

/// Octets before the payload, 0 when the datagram is too short for what its header announces.
std::size_t headerLength(std::span<const std::uint8_t> datagram) {
  const std::size_t sources = datagram[0] & 0x0F;
  std::size_t length = kHeaderBytes + sources * 4;
  if ((datagram[0] & 0x10) != 0) {
    if (datagram.size() < length + 4) return 0;
    length += 4 + std::size_t{load16(datagram.data() + length + 2)} * 4;
  }
  return length <= datagram.size() ? length : 0;
}

}  // namespace

std::optional<Packet> parse(std::span<const std::uint8_t> datagram) noexcept {
  if (datagram.size() < kHeaderBytes || datagram[0] >> 6 != kVersion) return std::nullopt;
  const std::size_t header = headerLength(datagram);
  if (header == 0) return std::nullopt;
  auto payload = datagram.subspan(header);
  if ((datagram[0] & 0x20) != 0) {
    const std::size_t padding = payload.empty() ? 0 : payload.back();
    if (padding == 0 || padding > payload.size()) return std::nullopt;
    payload = payload.first(payload.size() - padding);
  }
  Packet packet;
  packet.payloadType = datagram[1] & 0x7F;
  packet.marker = (datagram[1] & 0x80) != 0;
  packet.sequence = load16(datagram.data() + 2);
  packet.timestamp = load32(datagram.data() + 4);
  packet.ssrc = load32(datagram.data() + 8);
  packet.payload = payload;
  if (packet.marker && looksLikeRtcp(packet.payloadType)) return std::nullopt;
  return packet;
}

void build(const Header& header, std::span<std::uint8_t> out) noexcept {
  out[0] = kVersion << 6;
  out[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | header.payloadType);
  store16(out.data() + 2, header.sequence);
  store32(out.data() + 4, header.timestamp);
  store32(out.data() + 8, header.ssrc);
}

}  // namespace oavc::rtp
