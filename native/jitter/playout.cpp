#include "jitter/playout.h"

namespace oavc::jitter {
namespace {

// A packet must be there at the tick before its first sample is due, up to 20 ms early: nearly so much over
// the target is no excess.
constexpr double kTooMuchMs = 18;   // over the target, before frames are shortened
constexpr double kTooLittleMs = 8;  // under it, before frames are lengthened
constexpr double kFarTooMuchMs = 60;
constexpr int kStretchEvery = 2;  // frames, unless far over the target: speech stays natural

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
  return {Action::kPlay, Stretch::kNone, moment.head};
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

/// A successor that is overdue when its predecessor is played will likely miss its own turn: the frame is
/// lengthened to win time.
Stretch Playout::stretchFor(const Moment& moment) noexcept {
  const double excessMs = moment.delayMs - moment.targetMs;
  if (moment.alone && moment.delayMs - msOf(packetTicks_) > moment.usualMs) return Stretch::kLengthen;
  if (moment.alone && excessMs > 0) return Stretch::kNone;
  const bool due = ++sinceStretch_ >= kStretchEvery || excessMs > kFarTooMuchMs;
  if (!due || (excessMs < kTooMuchMs && excessMs > -kTooLittleMs)) return Stretch::kNone;
  sinceStretch_ = 0;
  return excessMs > 0 ? Stretch::kShorten : Stretch::kLengthen;
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
