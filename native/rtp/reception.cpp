#include "rtp/reception.h"

#include <algorithm>
#include <cmath>

#include "rtp/sequence.h"

namespace oavc::rtp {
namespace {

constexpr int kMaxDropout = 3000;  // a jump ahead by more is a restart (A.1)
constexpr int kMaxMisorder = 100;  // a packet further behind is a restart (A.1)
constexpr double kClockJumpS = 2;  // between two packets: the sender set its clock, no network is that uneven
constexpr std::int32_t kMaxLost = 0x7FFFFF;
constexpr std::int32_t kMinLost = -0x800000;

}  // namespace

Reception::Verdict Reception::receive(const Header& header, std::int64_t arrivalNs, bool timed) noexcept {
  const int ahead = distance(maxSequence_, header.sequence);
  const bool fits = header.ssrc == ssrc_ && ahead < kMaxDropout && ahead > -kMaxMisorder;
  if (started_ && fits) {
    count(header, arrivalNs, timed);
    candidate_ = false;
    return Verdict::kAccepted;
  }
  if (started_ && !confirms(header)) return Verdict::kDoubtful;
  restart(header);
  count(header, arrivalNs, timed);
  return Verdict::kRestarted;
}

/// Two packets in sequence are believed, one is not: a stray must not throw the buffer away.
bool Reception::confirms(const Header& header) noexcept {
  const bool second = candidate_ && header.ssrc == candidateSsrc_ && header.sequence == candidateNext_;
  candidate_ = !second;
  candidateSsrc_ = header.ssrc;
  candidateNext_ = static_cast<std::uint16_t>(header.sequence + 1);
  return second;
}

void Reception::restart(const Header& header) noexcept {
  lostBefore_ = lost();
  if (started_ && header.ssrc != ssrc_) ++ssrcChanges_;
  started_ = true;
  ssrc_ = header.ssrc;
  maxSequence_ = header.sequence;
  baseSequence_ = header.sequence;
  cycles_ = 0;
  received_ = expectedPrior_ = receivedPrior_ = 0;
  jitter_ = 0;
  transitKnown_ = false;
}

void Reception::count(const Header& header, std::int64_t arrivalNs, bool timed) noexcept {
  if (distance(maxSequence_, header.sequence) > 0) {
    if (header.sequence < maxSequence_) cycles_ += 0x10000;
    maxSequence_ = header.sequence;
  }
  ++received_;
  if (timed) measureJitter(header, arrivalNs);
}

void Reception::measureJitter(const Header& header, std::int64_t arrivalNs) noexcept {
  const auto arrival = static_cast<std::uint32_t>(arrivalNs / 1000 * clockRateHz_ / 1'000'000);
  const std::uint32_t transit = arrival - header.timestamp;
  const double deviation = std::abs(static_cast<double>(distance(transit_, transit)));
  const bool clockWasSet = deviation > kClockJumpS * clockRateHz_;
  if (transitKnown_ && !clockWasSet) jitter_ += (deviation - jitter_) / 16;
  transit_ = transit;
  transitKnown_ = true;
}

std::int64_t Reception::expected() const noexcept {
  return started_ ? std::int64_t{cycles_} + maxSequence_ - baseSequence_ + 1 : 0;
}

std::int64_t Reception::lost() const noexcept {
  return lostBefore_ + std::max<std::int64_t>(expected() - received_, 0);
}

ReceptionReport Reception::report() noexcept {
  const std::int64_t expectedNow = expected() - expectedPrior_;
  const std::int64_t lostNow = expectedNow - (received_ - receivedPrior_);
  expectedPrior_ = expected();
  receivedPrior_ = received_;
  ReceptionReport report;
  report.ssrc = ssrc_;
  if (expectedNow > 0 && lostNow > 0)
    report.fractionLost = static_cast<std::uint8_t>(std::min<std::int64_t>(lostNow * 256 / expectedNow, 255));
  report.cumulativeLost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(expected() - received_, kMinLost, kMaxLost));
  report.highestSequence = cycles_ + maxSequence_;
  report.jitter = static_cast<std::uint32_t>(jitter_);
  return report;
}

}  // namespace oavc::rtp
