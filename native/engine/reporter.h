// RTCP of a stream: when the next report is due, what it says, and what the peer's reports tell. No sockets,
// no clock.
#pragma once
#include <cstdint>
#include <span>

#include "engine/instant.h"
#include "rtp/rtcp.h"

namespace oavc::engine {

class Reporter {
 public:
  explicit Reporter(std::uint32_t ownSsrc) noexcept : ssrc_(ownSsrc), random_(ownSsrc | 1) {}
  [[nodiscard]] bool due(std::int64_t nowNs) const noexcept { return nowNs >= nextNs_; }
  /// Writes the report that is due, and plans the next one 2.5 to 7.5 s later (RFC 3550 6.2).
  std::size_t write(const Instant& now, const rtp::SenderInfo* sender, rtp::Reception& reception, bool bye,
                    std::span<std::uint8_t> out) noexcept;
  /// False for what is not RTCP. `clockRateHz`: of what we send.
  bool read(std::span<const std::uint8_t> datagram, const Instant& now, int clockRateHz) noexcept;
  /// Milliseconds; -1 while unknown.
  [[nodiscard]] double roundTripMs() const noexcept { return roundTripMs_; }
  [[nodiscard]] double remoteLossFraction() const noexcept { return remoteLossFraction_; }
  /// Cumulative, as the peer counts; -1 while unknown.
  [[nodiscard]] std::int64_t remoteLost() const noexcept { return remoteLost_; }
  /// Of our stream, milliseconds; -1 while unknown.
  [[nodiscard]] double remoteJitterMs() const noexcept { return remoteJitterMs_; }
  void begin(std::int64_t nowNs) noexcept { plan(nowNs); }

 private:
  void plan(std::int64_t nowNs) noexcept;

  std::uint32_t ssrc_;
  std::uint32_t random_;
  std::int64_t nextNs_ = 0;
  std::uint32_t lastReport_ = 0;  // middle of the NTP time in the peer's last SR
  std::int64_t lastReportNs_ = 0;
  double roundTripMs_ = -1;
  double remoteLossFraction_ = -1;
  std::int64_t remoteLost_ = -1;
  double remoteJitterMs_ = -1;
};

}  // namespace oavc::engine
