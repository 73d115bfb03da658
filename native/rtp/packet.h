// RTP data packets, RFC 3550 section 5.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

namespace oavc::rtp {

inline constexpr std::size_t kHeaderBytes = 12;

struct Header {
  std::uint8_t payloadType = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};

struct Packet : Header {
  std::span<const std::uint8_t> payload;  // views the datagram; without padding
};

/// Nothing for what is not RTP: wrong version, RTCP packet type, or lengths that do not add up.
std::optional<Packet> parse(std::span<const std::uint8_t> datagram) noexcept;

/// Writes a header without CSRC or extension. `out` has at least kHeaderBytes.
void build(const Header& header, std::span<std::uint8_t> out) noexcept;

}  // namespace oavc::rtp
