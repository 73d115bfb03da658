#include "engine/source_latch.h"

#include <utility>

#include "rtp/sequence.h"

namespace oavc::engine {
namespace {

constexpr int kNearSequence = 1500;  // 30 s of packets

}  // namespace

bool SourceLatch::admit(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept {
  if (source_ != from) {
    if (wasJustLeft(from, nowNs) || !maySucceed(from, header, nowNs)) return false;
    const bool known = standing(from) != Standing::kStranger || continues(header);
    if (!known && !passedProbation(from, header)) return false;
  }
  follow(from, header, nowNs);
  return true;
}

bool SourceLatch::wasJustLeft(const Endpoint& from, std::int64_t nowNs) const noexcept {
  return former_ == from && nowNs - redirectedNs_ < kRelatedSilenceNs &&
         standing(from) == Standing::kStranger;
}

SourceLatch::Standing SourceLatch::standing(const Endpoint& from) const noexcept {
  if (from == signalled_) return Standing::kSignalled;
  const bool host = from.ip == signalled_.ip || (host_ && from.ip == host_->ip);
  return host ? Standing::kHost : Standing::kStranger;
}

bool SourceLatch::continues(const rtp::Header& header) const noexcept {
  const int ahead = rtp::distance(sequence_, header.sequence);
  return heard_ && header.ssrc == ssrc_ && ahead > 0 && ahead < kNearSequence;
}

bool SourceLatch::maySucceed(const Endpoint& from, const rtp::Header& header,
                             std::int64_t nowNs) const noexcept {
  if (!source_) return true;
  const Standing newcomer = standing(from), holder = standing(*source_);
  if (newcomer > holder) return true;
  const std::int64_t silenceNs = nowNs - heardNs_;
  if (newcomer != Standing::kStranger || continues(header) || from.ip == source_->ip)
    return silenceNs >= kRelatedSilenceNs;
  return holder == Standing::kStranger && silenceNs >= kStrangerSilenceNs;
}

/// The one that this packet goes on with, or a new one in place of that with the fewest packets, in turn.
SourceLatch::Candidate& SourceLatch::candidateFor(const Endpoint& from, const rtp::Header& header) noexcept {
  for (Candidate& candidate : candidates_)
    if (candidate.packets > 0 && candidate.from == from && candidate.ssrc == header.ssrc &&
        candidate.next == header.sequence)
      return candidate;
  std::size_t place = turn_;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const std::size_t other = (turn_ + i) % candidates_.size();
    if (candidates_[other].packets < candidates_[place].packets) place = other;
  }
  turn_ = (place + 1) % candidates_.size();
  Candidate& candidate = candidates_[place];
  candidate = {from, header.ssrc, header.sequence, 0};
  return candidate;
}

bool SourceLatch::passedProbation(const Endpoint& from, const rtp::Header& header) noexcept {
  Candidate& candidate = candidateFor(from, header);
  probes_ = true;
  ++candidate.next;
  return ++candidate.packets >= kProbation;
}

void SourceLatch::follow(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept {
  source_ = from;
  ssrc_ = header.ssrc;
  sequence_ = header.sequence;
  heardNs_ = nowNs;
  heard_ = true;
  if (probes_) candidates_ = {};
  probes_ = false;
}

void SourceLatch::redirect(const Endpoint& signalled, const std::optional<Endpoint>& host,
                           std::int64_t nowNs) noexcept {
  if (host) host_ = host;
  if (signalled == signalled_ || signalled.isUnspecified()) return;
  signalled_ = signalled;
  if (source_) former_ = std::exchange(source_, std::nullopt);
  redirectedNs_ = nowNs;
}

}  // namespace oavc::engine
