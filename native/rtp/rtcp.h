// RTCP compound packets, RFC 3550 section 6: sender and receiver reports, CNAME, BYE. Unknown packets are
// skipped.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtp/reception.h"

namespace oavc::rtp {

/// 64-bit NTP time: seconds since 1900 and their fraction.
constexpr std::uint64_t ntpOf(std::int64_t unixNs) noexcept {
  constexpr std::uint64_t kEpochSeconds = 2208988800;  // 1900 to 1970
  const auto ns = static_cast<std::uint64_t>(unixNs);
  return (ns / 1'000'000'000 + kEpochSeconds) << 32 | ((ns % 1'000'000'000) << 32) / 1'000'000'000;
}
/// The middle 32 bits: 1/65536 s, wraps every 18 hours.
constexpr std::uint32_t middle(std::uint64_t ntp) noexcept {
  return static_cast<std::uint32_t>(ntp >> 16);
}

struct SenderInfo {
  std::uint64_t ntp = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

struct ReportBlock : ReceptionReport {
  std::uint32_t lastReport = 0;            // middle of the NTP time of the last SR
  std::uint32_t delaySinceLastReport = 0;  // 1/65536 s
};

/// What we send: an SR with `sender`, else an RR; one block or none; CNAME; BYE at the end of the call.
struct RtcpReport {
  std::uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;
  std::optional<ReportBlock> block;
  std::string_view cname;
  bool bye = false;
};

inline constexpr std::size_t kMaxRtcpBytes = 128;
inline constexpr std::size_t kMaxCnameBytes = 32;

/// Returns the octets written; `out` has at least kMaxRtcpBytes.
std::size_t buildRtcp(const RtcpReport& report, std::span<std::uint8_t> out) noexcept;

/// What a received compound says to us.
struct RtcpNews {
  std::uint32_t senderSsrc = 0;
  std::optional<SenderInfo> sender;
  std::optional<ReportBlock> block;  // the one about `ownSsrc`
  bool bye = false;
};

/// Nothing when the datagram is not a well-formed compound.
std::optional<RtcpNews> parseRtcp(std::span<const std::uint8_t> datagram, std::uint32_t ownSsrc) noexcept;

/// Round trip in milliseconds (RFC 3550 6.4.1), when the block answers a report of ours.
std::optional<double> roundTripMs(const ReportBlock& block, std::uint32_t arrivalMiddle) noexcept;

}  // namespace oavc::rtp
