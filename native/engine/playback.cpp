#include "engine/playback.h"

#include <algorithm>
#include <cmath>

#include "audio/time_stretch.h"

namespace oavc::engine {
namespace {

constexpr int kEdgesASecond = 200;  // silence begins and ends with a slope of 5 ms

void slope(std::span<std::int16_t> samples, bool up) {
  const auto steps = static_cast<std::int32_t>(samples.size());
  for (std::int32_t i = 0; i < steps; ++i) {
    auto& sample = samples[static_cast<std::size_t>(i)];
    sample = static_cast<std::int16_t>(sample * (up ? i : steps - i) / steps);
  }
}

}  // namespace

using jitter::Action;
using jitter::Stretch;

Playback::Playback(audio::Codec codec, const jitter::Limits& limits)
    : clockRateHz_(audio::clockRateHz(codec)),
      decoder_(audio::makeDecoder(codec)),
      resampler_(decoder_->rateHz(), static_cast<int>(ring::heard::kRateHz)),
      jitter_(clockRateHz_, limits),
      noise_(decoder_->rateHz()),
      frameSamples_(static_cast<std::size_t>(decoder_->rateHz()) / 50),
      lastPacketSamples_(frameSamples_),
      origins_(static_cast<std::size_t>(std::lround(resampler_.delayMs() * decoder_->rateHz() / 1000))) {}

void Playback::next(std::int64_t tickNs, std::span<std::int16_t, kFrameSamples> out) noexcept {
  while (held_ < frameSamples_) {
    const auto ahead = static_cast<std::int64_t>(held_) * 1'000'000'000 / decoder_->rateHz();
    refill(tickNs, ahead);
  }
  resampler_.process(std::span(samples_).first(frameSamples_), out);
  take(frameSamples_);
  if (hasTail_) addTail(out);
  frameOrigins_ = origins_.take(frameSamples_, kFrameSamples);
}

void Playback::succeed(Playback& before, std::int64_t tickNs) noexcept {
  before.next(tickNs, tail_);
  slope(tail_, false);
  hasTail_ = true;
  noise_ = before.noise_.at(decoder_->rateHz());
  jitter_.succeed(before.jitter_);
}

void Playback::addTail(std::span<std::int16_t, kFrameSamples> out) noexcept {
  for (std::size_t i = 0; i < kFrameSamples; ++i)
    out[i] = static_cast<std::int16_t>(std::clamp(out[i] + tail_[i], -32768, 32767));
  hasTail_ = false;
}

/// Adds at least one sample.
void Playback::refill(std::int64_t tickNs, std::int64_t aheadNs) noexcept {
  const jitter::Decision decision = jitter_.next(tickNs, aheadNs);
  switch (decision.action) {
    case Action::kPlay:
      return play(decision);
    case Action::kRecover:
      return recover(*decision.packet);
    case Action::kConceal:
      return invent();
    case Action::kRest:
      return rest();
  }
}

void Playback::play(const jitter::Decision& decision) noexcept {
  const jitter::StoredPacket& packet = *decision.packet;
  if (decision.begins && !resting_) endSound();
  const std::size_t decoded = decoder_->decode(packet.payload(), space().first(audio::kMaxPacketSamples));
  if (decoded > 0) sound(space().first(decoded));
  std::size_t length = decoded;
  if (decision.stretch == Stretch::kShorten) length = audio::shorten(space(), decoded, decoder_->rateHz());
  if (decision.stretch == Stretch::kLengthen) length = audio::lengthen(space(), decoded, decoder_->rateHz());
  add(length, packet.arrivalNs);
  ++played_;
  if (decoded > 0) lastPacketSamples_ = decoded;
  jitter_.played(packet, ticksOf(decoded > 0 ? decoded : lastPacketSamples_));
  if (decoded == 0) invent();  // not a frame of this codec: as good as lost
}

void Playback::recover(const jitter::StoredPacket& following) noexcept {
  const auto room = space().first(lastPacketSamples_);
  if (!decoder_->recover(following.payload(), room)) return invent();
  add(room.size(), following.arrivalNs);
  ++played_;
  jitter_.recovered(following);
}

/// Real samples: they rise out of a silence, and tell what lies behind the voice.
void Playback::sound(std::span<std::int16_t> samples) noexcept {
  if (resting_) {
    slope(samples.first(std::min(edgeSamples(), samples.size())), true);
    noise_.forgetName();
  }
  resting_ = false;
  noise_.observe(samples);
  noise_.add(samples, false);
}

/// What is missing of this frame, in whole 10 ms.
void Playback::invent() noexcept {
  const std::size_t step = frameSamples_ / 2;
  const std::size_t missing = held_ < frameSamples_ ? frameSamples_ - held_ : 1;
  const std::size_t length = (missing + step - 1) / step * step;
  decoder_->conceal(space().first(length));
  noise_.add(space().first(length), true);  // as the voice fades, what is behind it stays
  add(length, 0);
  ++concealed_;
  jitter_.concealed(ticksOf(length));
}

void Playback::rest() noexcept {
  if (!resting_) endSound();
  const std::size_t missing = held_ < frameSamples_ ? frameSamples_ - held_ : 0;
  std::ranges::fill(space().first(missing), std::int16_t{0});
  noise_.add(space().first(missing), true);
  add(missing, 0);
}

void Playback::endSound() noexcept {
  const auto edge = space().first(edgeSamples());
  decoder_->conceal(edge);
  slope(edge, false);
  noise_.add(edge, true);
  add(edge.size(), 0);
  decoder_->rest();
  resting_ = true;
}

std::size_t Playback::edgeSamples() const noexcept {
  return static_cast<std::size_t>(decoder_->rateHz() / kEdgesASecond);
}

std::int64_t Playback::ticksOf(std::size_t samples) const noexcept {
  return static_cast<std::int64_t>(samples) * clockRateHz_ / decoder_->rateHz();
}

void Playback::add(std::size_t samples, std::int64_t arrivalNs) noexcept {
  held_ += samples;
  origins_.push(samples, arrivalNs);
}

void Playback::take(std::size_t samples) noexcept {
  std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(samples),
            samples_.begin() + static_cast<std::ptrdiff_t>(held_), samples_.begin());
  held_ -= samples;
}

}  // namespace oavc::engine
