#include "engine/source_latch.h"

#include "rtp/sequence.h"

namespace oavc::engine {
namespace {

constexpr int kNearSequence = 1500;  // 30 s of packets

}  // namespace

bool SourceLatch::admit(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept {
  if (source_ != from) {
    const Standing who = standing(from, header);
    if (!maySucceed(who, nowNs)) return false;
    if (who == Standing::kStranger && !passedProbation(from, header)) return false;
  }
  follow(from, header, nowNs);
  return true;
}

SourceLatch::Standing SourceLatch::standing(const Endpoint& from, const rtp::Header& header) const noexcept {
  if (from == signalled_) return Standing::kSignalled;
  if (from.ip == signalled_.ip) return Standing::kRelated;
  const int ahead = rtp::distance(sequence_, header.sequence);
  const bool continues = heard_ && header.ssrc == ssrc_ && ahead > 0 && ahead < kNearSequence;
  return continues ? Standing::kRelated : Standing::kStranger;
}

bool SourceLatch::maySucceed(Standing standing, std::int64_t nowNs) const noexcept {
  if (!source_ || standing == Standing::kSignalled) return true;
  const std::int64_t silence = standing == Standing::kRelated ? kRelatedSilenceNs : kStrangerSilenceNs;
  return nowNs - heardNs_ >= silence;
}

bool SourceLatch::passedProbation(const Endpoint& from, const rtp::Header& header) noexcept {
  const bool next = candidatePackets_ > 0 && candidate_ == from && candidateSsrc_ == header.ssrc &&
                    candidateNext_ == header.sequence;
  candidatePackets_ = next ? candidatePackets_ + 1 : 1;
  candidate_ = from;
  candidateSsrc_ = header.ssrc;
  candidateNext_ = static_cast<std::uint16_t>(header.sequence + 1);
  return candidatePackets_ >= kProbation;
}

void SourceLatch::follow(const Endpoint& from, const rtp::Header& header, std::int64_t nowNs) noexcept {
  source_ = from;
  ssrc_ = header.ssrc;
  sequence_ = header.sequence;
  heardNs_ = nowNs;
  heard_ = true;
  candidatePackets_ = 0;
}

void SourceLatch::redirect(const Endpoint& signalled) noexcept {
  if (signalled == signalled_) return;
  signalled_ = signalled;
  source_.reset();
}

}  // namespace oavc::engine
