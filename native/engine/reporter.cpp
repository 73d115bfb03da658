#include "engine/reporter.h"

#include <algorithm>

namespace oavc::engine {
namespace {

constexpr std::int64_t kIntervalNs = 5'000'000'000;
constexpr std::string_view kCname = "oavc";

}  // namespace

std::size_t Reporter::write(const Instant& now, const rtp::SenderInfo* sender, rtp::Reception& reception,
                            bool bye, std::span<std::uint8_t> out) noexcept {
  rtp::RtcpReport report;
  report.ssrc = ssrc_;
  report.cname = kCname;
  report.bye = bye;
  if (sender != nullptr) {
    report.sender = *sender;
    report.sender->ntp = rtp::ntpOf(now.unixNs);
  }
  if (reception.started()) {
    rtp::ReportBlock block{reception.report(), lastReport_, 0};
    if (lastReport_ != 0)
      block.delaySinceLastReport =
          static_cast<std::uint32_t>((now.monotonicNs - lastReportNs_) * 4096 / 62'500'000);  // 65536 / 1e9
    report.block = block;
  }
  plan(now.monotonicNs);
  return rtp::buildRtcp(report, out);
}

bool Reporter::read(std::span<const std::uint8_t> datagram, const Instant& now, int clockRateHz) noexcept {
  const auto news = rtp::parseRtcp(datagram, ssrc_);
  if (!news) return false;
  if (news->sender) {
    lastReport_ = rtp::middle(news->sender->ntp);
    lastReportNs_ = now.monotonicNs;
  }
  if (news->block) {
    remoteLossFraction_ = news->block->fractionLost / 256.0;
    remoteLost_ = std::max(news->block->cumulativeLost, 0);
    remoteJitterMs_ = static_cast<double>(news->block->jitter) * 1000 / clockRateHz;
    const auto trip = rtp::roundTripMs(*news->block, rtp::middle(rtp::ntpOf(now.unixNs)));
    if (trip) roundTripMs_ = *trip;
  }
  return true;
}

void Reporter::plan(std::int64_t nowNs) noexcept {
  random_ = random_ * 1664525 + 1013904223;  // Numerical Recipes; only spreads the reports
  nextNs_ = nowNs + kIntervalNs / 2 + kIntervalNs * (random_ >> 16) / 65536;
}

}  // namespace oavc::engine
