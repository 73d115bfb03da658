#include "jitter/playout.h"

#include <algorithm>
#include <cmath>

namespace oavc::jitter {
namespace {

constexpr double kTickMs = 20;          // of the listener
constexpr double kTooMuchMs = kTickMs;  // over the target, before frames are shortened
constexpr double kTooLittleMs = 4;      // under it, before frames are lengthened
constexpr double kFarMs = 60;
constexpr int kStretchEvery = 2;           // frames, unless far from the target: speech stays natural
constexpr double kShortHeldMs = 80;        // more than this is not short of packets
constexpr double kLongestPeriodMs = 12.5;  // that is taken out of a frame, at most half of it

}  // namespace

Decision Playout::decide(const Moment& moment) noexcept {
  if (moment.head == nullptr) return withoutHead();
  if (!playing_) return start(moment);
  const std::int64_t gapTicks = moment.head->ticks - nextTicks_;
  if (gapTicks > 0) return acrossGap(moment, gapTicks);
  return {Action::kPlay, stretchFor(moment), moment.head};
}

Decision Playout::withoutHead() noexcept {
  if (playing_ && msOf(concealedTicks_) < kGiveUpMs && !pause_)
    return {Action::kConceal, Stretch::kNone, nullptr};
  playing_ = false;
  return {};
}

Decision Playout::start(const Moment& moment) noexcept {
  if (moment.delayMs < moment.targetMs) return {};
  playing_ = true;
  return {Action::kPlay, Stretch::kNone, moment.head, true};
}

Decision Playout::acrossGap(const Moment& moment, std::int64_t gapTicks) noexcept {
  const std::int64_t missing = moment.head->sequence - nextSequence_;
  if (missing <= 0 || pause_) {  // nothing was lost: the sender was silent
    playing_ = false;
    return start(moment);
  }
  if (missing == 1 && concealedTicks_ == 0 && gapTicks <= packetTicks_)
    return {Action::kRecover, Stretch::kNone, moment.head};
  if (concealedTicks_ >= gapTicks || moment.delayMs >= moment.targetMs)
    return {Action::kPlay, Stretch::kNone, moment.head};
  if (msOf(concealedTicks_) < kGiveUpMs) return {Action::kConceal, Stretch::kNone, nullptr};
  playing_ = false;
  return {};
}

Stretch Playout::stretchFor(const Moment& moment) noexcept {
  ++sinceStretch_;
  ++sinceOverdue_;
  if (isNextOverdue(moment)) {
    sinceOverdue_ = 0;
    return Stretch::kLengthen;
  }
  const double excessMs = moment.delayMs - moment.targetMs;
  if (sinceStretch_ < kStretchEvery && std::abs(excessMs) < kFarMs) return Stretch::kNone;
  const Stretch stretch = towardsTarget(excessMs, moment.aheadMs);
  if (stretch != Stretch::kNone) sinceStretch_ = 0;
  return stretch;
}

Stretch Playout::towardsTarget(double excessMs, double aheadMs) const noexcept {
  if (excessMs < -kTooLittleMs) return Stretch::kLengthen;
  if (sinceOverdue_ <= kRoughFrames && excessMs < kFarMs) return Stretch::kNone;
  return excessMs >= kTooMuchMs || isShorteningFree(aheadMs) ? Stretch::kShorten : Stretch::kNone;
}

/// The next packet to come is later than most, while little is held: it will likely miss its turn, and those
/// after it. Lengthening what is held wins time.
bool Playout::isNextOverdue(const Moment& moment) const noexcept {
  const double packetMs = msOf(packetTicks_);
  const double heldMs = moment.delayMs - moment.newestDelayMs + packetMs;
  return heldMs <= kShortHeldMs && moment.newestDelayMs - packetMs > moment.usualMs;
}

/// Less is decoded ahead, and every packet has as long as before. Packets of broken ticks lie differently to
/// them, one after another: what is ahead of one is needed by the next.
bool Playout::isShorteningFree(double aheadMs) const noexcept {
  const double packetMs = msOf(packetTicks_);
  return std::fmod(packetMs, kTickMs) == 0 && aheadMs >= std::min(kLongestPeriodMs, packetMs / 2);
}

void Playout::played(const StoredPacket& packet, std::int64_t ticks) noexcept {
  nextSequence_ = packet.sequence + 1;
  nextTicks_ = packet.ticks + ticks;
  packetTicks_ = ticks;
  concealedTicks_ = 0;
  pause_ = false;
}

void Playout::recovered(const StoredPacket& packet) noexcept {
  nextSequence_ = packet.sequence;
  nextTicks_ = packet.ticks;
  concealedTicks_ = 0;
}

void Playout::pauseAt(std::int64_t sequence) noexcept {
  pause_ = true;
  nextSequence_ = sequence + 1;
}

}  // namespace oavc::jitter
