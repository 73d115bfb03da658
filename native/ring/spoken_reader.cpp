#include "ring/spoken_reader.h"

#include <algorithm>
#include <cstring>

namespace oavc::ring {
namespace {

/// Scales the first samples from silence to full, or from full to silence.
void ramp(std::span<std::int16_t> samples, bool up) {
  const auto steps = static_cast<std::int32_t>(samples.size()) + 1;
  for (std::int32_t i = 0; i + 1 < steps; ++i) {
    auto& sample = samples[static_cast<std::size_t>(i)];
    sample = static_cast<std::int16_t>(sample * (up ? i + 1 : steps - 1 - i) / steps);
  }
}

}  // namespace

bool SpokenReader::read(std::span<std::int16_t> frame) noexcept {
  if (cell(memory_, spoken::kPaused).load(std::memory_order_acquire) != 0) return hold(frame);
  ramp_ = rampSamples(frame.size());
  return discard(frame) || consume(frame);
}

bool SpokenReader::hold(std::span<std::int16_t> frame) noexcept {
  ramp_ = rampSamples(frame.size());
  if (discard(frame)) return true;
  const bool fading = sending_;
  fadeOut(frame);
  setSending(fading);
  return fading;
}

/// Skips to the position asked for. True when the frame was needed to fade out what is cut off.
bool SpokenReader::discard(std::span<std::int16_t> frame) noexcept {
  const std::uint32_t target = cell(memory_, spoken::kDiscardTo).load(std::memory_order_acquire);
  if (past(target, read_) <= 0) return false;
  writeSeen_ = cell(memory_, spoken::kWrite).load(std::memory_order_acquire);
  const bool fading = sending_;
  fadeOut(frame);
  read_ = past(target, writeSeen_) > 0 ? writeSeen_ : target;
  floor_ = read_;
  dryFrames_ = kUnderrunFrames;
  cell(memory_, spoken::kRead).store(read_, std::memory_order_release);
  if (fading) setSending(true);
  return fading;
}

/// Ends speech with a ramp over the samples that would have come next, without consuming them; else silence.
void SpokenReader::fadeOut(std::span<std::int16_t> frame) noexcept {
  const std::size_t wanted = std::min(ramp_, frame.size());
  const std::size_t length = sending_ && has(wanted) ? wanted : 0;
  copy(frame.first(length));
  ramp(frame.first(length), false);
  if (sending_) dying_ = length > 0 ? 0 : ramp_;
  dieAway(frame.subspan(length));
  sending_ = false;
}

/// Where no sample follows, the last one sinks to zero, over the end of the frame if need be.
void SpokenReader::dieAway(std::span<std::int16_t> rest) noexcept {
  const auto steps = static_cast<std::int32_t>(ramp_) + 1;
  const std::size_t sloping = std::min(dying_, rest.size());
  for (auto& sample : rest.first(sloping))
    sample = static_cast<std::int16_t>(last_ * static_cast<std::int32_t>(dying_--) / steps);
  std::ranges::fill(rest.subspan(sloping), std::int16_t{0});
}

bool SpokenReader::consume(std::span<std::int16_t> frame) noexcept {
  const auto wanted = static_cast<std::uint32_t>(frame.size());
  const std::uint32_t taken = std::min(available(wanted), wanted);
  const auto speech = frame.first(taken);
  copy(speech);
  if (!sending_) ramp(speech.first(std::min<std::size_t>(ramp_, taken)), true);
  if (taken > 0) last_ = speech.back();
  if (taken > 0 || sending_) dying_ = ramp_;
  dieAway(frame.subspan(taken));
  countUnderrun(taken, wanted);
  sending_ = taken == wanted;
  if (taken > 0) {
    read_ += taken;
    cell(memory_, spoken::kRead).store(read_, std::memory_order_release);
  }
  setSending(taken > 0);
  return taken > 0;
}

void SpokenReader::copy(std::span<std::int16_t> out) const noexcept {
  const std::uint32_t place = read_ & (capacity_ - 1);
  const std::size_t before = std::min<std::size_t>(capacity_ - place, out.size());
  const std::int16_t* samples = samplesAt(memory_, spoken::kSamples);
  std::memcpy(out.data(), samples + place, before * sizeof(std::int16_t));
  std::memcpy(out.data() + before, samples, (out.size() - before) * sizeof(std::int16_t));
}

std::uint32_t SpokenReader::available(std::uint32_t wanted) noexcept {
  if (writeSeen_ - read_ < wanted) writeSeen_ = cell(memory_, spoken::kWrite).load(std::memory_order_acquire);
  return std::min(writeSeen_ - read_, wanted);
}

/// Only speech that goes on within kUnderrunFrames was interrupted; else the sentence had simply ended.
void SpokenReader::countUnderrun(std::uint32_t taken, std::uint32_t wanted) noexcept {
  if (taken > 0 && !sending_ && dryFrames_ < kUnderrunFrames) {
    cell(memory_, spoken::kUnderruns).store(++underruns_, std::memory_order_relaxed);
    dryFrames_ = kUnderrunFrames;
  }
  if (taken < wanted && (sending_ || taken > 0))
    dryFrames_ = 0;
  else if (dryFrames_ < kUnderrunFrames)
    ++dryFrames_;
}

void SpokenReader::idle() noexcept {
  sending_ = false;
  dying_ = 0;
  dryFrames_ = kUnderrunFrames;
  setSending(false);
}

void SpokenReader::setSending(bool sending) noexcept {
  if (sending == sendingShown_) return;
  sendingShown_ = sending;
  cell(memory_, spoken::kSending).store(sending ? 1 : 0, std::memory_order_release);
}

void SpokenReader::sent(std::uint32_t position, std::int64_t sentNs) noexcept {
  if (past(position, sent_) <= 0) return;
  sent_ = position;
  cell(memory_, spoken::kPlayed).store(position, std::memory_order_release);
  const std::uint32_t sequence = cell(memory_, spoken::kMarkSequence).load(std::memory_order_acquire);
  if (sequence == cell(memory_, spoken::kMarkDone).load(std::memory_order_relaxed)) return;
  const std::uint32_t mark = cell(memory_, spoken::kMarkPosition).load(std::memory_order_acquire);
  if (past(position, mark) <= 0 || past(mark, floor_) < 0) return;
  longCell(memory_, spoken::kMarkNs).store(sentNs, std::memory_order_release);
  cell(memory_, spoken::kMarkDone).store(sequence, std::memory_order_release);
}

}  // namespace oavc::ring
