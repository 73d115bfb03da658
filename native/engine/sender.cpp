#include "engine/sender.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "audio/time_stretch.h"

namespace oavc::engine {
namespace {

constexpr int kTickMs = 20;
constexpr std::size_t kMostBehindFrames = 50;

constexpr int kLongestL16Ms = 40;  // 1280 octets: more would be fragmented

/// Opus has frames of 10, 20, 40 and 60 ms only (RFC 6716 2.1.4).
int packetMs(const SenderOptions& options) {
  const int longest = options.codec == audio::Codec::kL16 ? kLongestL16Ms : 60;
  const int wanted = std::clamp(options.ptimeMs / 10 * 10, 10, longest);
  if (options.codec != audio::Codec::kOpus) return wanted;
  return wanted == 30 || wanted == 50 ? wanted - 10 : wanted;
}

std::int16_t saturated(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

Sender::Sender(const SenderOptions& options, const SenderNumbers& numbers)
    : options_(options),
      numbers_(numbers),
      encoder_(audio::makeEncoder(options.codec, options.opus)),
      lineRateHz_(options.lineRateHz > 0 ? options.lineRateHz : encoder_->rateHz()),
      frameSamples_(static_cast<std::size_t>(lineRateHz_ / 1000 * kTickMs)),
      packetSamples_(static_cast<std::size_t>(lineRateHz_ / 1000 * packetMs(options))),
      ticksPerFrame_(static_cast<std::uint32_t>(audio::clockRateHz(options.codec) / 1000 * kTickMs)),
      ticksPerPacket_(
          static_cast<std::uint32_t>(audio::clockRateHz(options.codec) / 1000 * packetMs(options))) {
  if (lineRateHz_ != encoder_->rateHz())
    resampler_ = std::make_unique<audio::Resampler>(lineRateHz_, encoder_->rateHz());
}

bool Sender::encodesAs(const Sender& other) const noexcept {
  return options_.codec == other.options_.codec && options_.opus == other.options_.opus;
}

void Sender::adopt(Sender& before) noexcept {
  numbers_ = before.numbers_;
  supervisor_ = before.supervisor_;
  packets_ = before.packets_;
  octets_ = before.octets_;
  adoptDigits(before.digits_, before.eventTicksPerFrame());
  gain_ = 0;
  if (lineRateHz_ == before.lineRateHz_) adoptAudio(before);
}

void Sender::adoptAudio(Sender& before) noexcept {
  pending_ = before.pending_;
  pendingSamples_ = before.pendingSamples_;
  silentSamples_ = before.silentSamples_;
  ticksPending_ = before.ticksPending_;
  speaking_ = before.speaking_;
  dryFrames_ = before.dryFrames_;
  settling_ = before.settling_;
  behind_ = before.behind_;
  const bool same = encodesAs(before);
  if (same) std::swap(encoder_, before.encoder_);
  if (same) std::swap(resampler_, before.resampler_);
  // Samples that are sent as they are have no filter that would have to rise.
  const bool goesOn = same || (isPlain() && before.isPlain());
  if (!goesOn && pendingSamples_ > 0) amplify(std::span(pending_).first(pendingSamples_), 1);
  if (goesOn || pendingSamples_ > 0) gain_ = before.gain_;
}

void Sender::adoptDigits(const Dialler& before, std::uint32_t ticksPerFrame) noexcept {
  Dialler digits;
  if (options_.telephoneEventType >= 0) digits.inherit(before, ticksPerFrame == eventTicksPerFrame());
  digits_ = digits;
}

void Sender::dialAs(int telephoneEventType, int clockHz) noexcept {
  const std::uint32_t before = eventTicksPerFrame();
  options_.telephoneEventType = telephoneEventType;
  options_.telephoneEventClockHz = clockHz;
  adoptDigits(digits_, before);
}

void Sender::tick(ring::SpokenReader& spoken, float gain, std::int64_t nowNs, PacketSink& sink) noexcept {
  held_ = digits_.busy();
  if (!held_ || !dial(spoken, sink)) say(spoken, gain, nowNs, sink);
}

/// Between packets, and when speech has faded out. What is left of a packet then is silence.
bool Sender::dial(ring::SpokenReader& spoken, PacketSink& sink) noexcept {
  if (speaking_ || ticksPending_ > 0) return false;
  if (!digits_.turn(numbers_.timestamp, static_cast<int>(eventTicksPerFrame()) / kTickMs)) return false;
  pendingSamples_ = silentSamples_ = 0;
  spoken.hold(std::span(pending_).first(frameSamples_));
  sendEvent(sink);
  return true;
}

void Sender::say(ring::SpokenReader& spoken, float gain, std::int64_t nowNs, PacketSink& sink) noexcept {
  fill(spoken, gain);
  // Shortening may leave less than the packet that is due now.
  if (++ticksPending_ * frameSamples_ >= packetSamples_ && pendingSamples_ < packetSamples_)
    fill(spoken, gain);
  if (pendingSamples_ < packetSamples_) return;
  ticksPending_ = 0;
  while (pendingSamples_ >= packetSamples_) sendAudio(sink);
  // Shortening leaves a rest that is never sent; behind the end of speech it is silence.
  silentSamples_ = std::min(silentSamples_, pendingSamples_);
  spoken.sent(spoken.position() - static_cast<std::uint32_t>(pendingSamples_ - silentSamples_), nowNs);
}

/// Takes one frame from the ring.
void Sender::fill(ring::SpokenReader& spoken, float gain) noexcept {
  const auto frame = std::span(pending_).subspan(pendingSamples_, frameSamples_);
  const bool speech = held_ ? spoken.hold(frame) : spoken.read(frame);
  countBehind(speech);
  const bool voice = supervise(frame, gain) || speech;
  if (voice && !speaking_) marker_ = true;
  speaking_ = voice && !held_;  // what fades out ends with its frame
  const bool hurries = behind_ > 0 && settling_ == 0;
  const std::size_t taken = hurries ? catchUp(frameSamples_, spoken.has(frameSamples_)) : frameSamples_;
  pendingSamples_ += taken;
  silentSamples_ = speech ? 0 : silentSamples_ + taken;
}

/// Sets the bot's loudness, and adds the supervisor; true while he is in the frame.
bool Sender::supervise(std::span<std::int16_t> frame, float gain) noexcept {
  const bool speaks = supervisor_ != nullptr && supervisor_->take(frame.size(), held_);
  amplify(frame, supervisor_ == nullptr ? gain : gain * supervisor_->duck());
  if (speaks) supervisor_->addTo(frame);
  return speaks;
}

/// The writer may have stood still too: shortly after a stall a dry ring holds up one frame more. Later it
/// means that all is caught up with, or that the speech is over.
void Sender::countBehind(bool speech) noexcept {
  dryFrames_ = speech ? 0 : std::min(dryFrames_ + 1, kPauseFrames);
  if (settling_ > 0) --settling_;
  if (speech) return;
  behind_ = settling_ > 0 && dryFrames_ < kPauseFrames ? behind_ + frameSamples_ : 0;
}

/// The length of the frame at the end of what is pending, once a pitch period is out of it. The packet that
/// is due is filled up from the ring; where no frame is `waiting` there, less than a period is left to catch
/// up with, and goes with the next pause.
std::size_t Sender::catchUp(std::size_t length, bool waiting) noexcept {
  if (packetSamples_ % frameSamples_ != 0)
    return length;  // of 10, 30 or 50 ms: frames and packets do not meet
  const auto frame = std::span(pending_).subspan(pendingSamples_, length);
  std::array<std::int16_t, kMaxFrame> whole;
  std::ranges::copy(frame, whole.begin());
  const std::size_t shorter = audio::shorten(frame, length, lineRateHz_);
  if (!waiting && pendingSamples_ + shorter < packetSamples_) {
    std::copy_n(whole.begin(), length, frame.begin());
    if (behind_ < frameSamples_) behind_ = 0;
    return length;
  }
  behind_ -= std::min(behind_, length - shorter);
  return shorter;
}

/// A step in loudness would click: it becomes a slope over the frame.
void Sender::amplify(std::span<std::int16_t> frame, float gain) noexcept {
  if (gain == 1.0F && gain_ == 1.0F) return;
  const float slope = (gain - gain_) / static_cast<float>(frame.size());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const float factor = gain_ + slope * static_cast<float>(i + 1);
    frame[i] = saturated(static_cast<float>(frame[i]) * factor);
  }
  gain_ = gain;
}

std::size_t Sender::encode(std::span<const std::int16_t> packet, std::span<std::uint8_t> out) noexcept {
  if (!resampler_) return encoder_->encode(packet, out);
  std::array<std::int16_t, kMaxPacket + 2> converted;
  const std::size_t count = resampler_->process(packet, converted);
  return encoder_->encode(std::span(converted).first(count), out);
}

void Sender::sendAudio(PacketSink& sink) noexcept {
  const auto packet = std::span(pending_).first(packetSamples_);
  Datagram datagram;
  sink.speaks(packet);
  const std::size_t payload = encode(packet, std::span(datagram).subspan(rtp::kHeaderBytes));
  const rtp::Header header{options_.payloadType, marker_, numbers_.sequence, numbers_.timestamp,
                           numbers_.ssrc};
  if (payload > 0) transmit(header, datagram, payload, sink);
  numbers_.timestamp += ticksPerPacket_;
  pendingSamples_ -= packetSamples_;
  std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(packetSamples_), pendingSamples_,
              pending_.begin());
  marker_ = payload == 0;  // after a pause of DTX
}

std::uint32_t Sender::eventTicksPerFrame() const noexcept {
  if (options_.telephoneEventClockHz == 0) return ticksPerFrame_;
  return static_cast<std::uint32_t>(options_.telephoneEventClockHz / 1000 * kTickMs);
}

/// The event keeps the timestamp of its start; time goes on under it for the audio after it.
void Sender::sendEvent(PacketSink& sink) noexcept {
  auto& sending = digits_.event();
  const bool first = sending.first();
  const auto event = sending.next(static_cast<std::uint16_t>(eventTicksPerFrame()));
  Datagram datagram;
  rtp::buildEvent(event, std::span(datagram).subspan(rtp::kHeaderBytes));
  const rtp::Header header{static_cast<std::uint8_t>(options_.telephoneEventType), first, numbers_.sequence,
                           sending.timestamp(), numbers_.ssrc};
  transmit(header, datagram, rtp::kEventBytes, sink);
  numbers_.timestamp += ticksPerFrame_;
  marker_ = true;
  if (!sending.active()) digits_.ended();
}

void Sender::transmit(const rtp::Header& header, Datagram& datagram, std::size_t payloadBytes,
                      PacketSink& sink) noexcept {
  rtp::build(header, datagram);
  sink.send(std::span(datagram).first(rtp::kHeaderBytes + payloadBytes));
  ++numbers_.sequence;
  ++packets_;
  octets_ += payloadBytes;
}

void Sender::skip() noexcept {
  numbers_.timestamp += ticksPerFrame_;
  marker_ = true;
  if (dryFrames_ == kPauseFrames) return;
  settling_ = kSettleFrames;
  behind_ = std::min(behind_ + frameSamples_, kMostBehindFrames * frameSamples_);
}

void Sender::rest() noexcept {
  numbers_.timestamp += static_cast<std::uint32_t>(ticksPending_ + 1) * ticksPerFrame_;
  ticksPending_ = pendingSamples_ = silentSamples_ = 0;
  marker_ = true;
  behind_ = 0;
  settling_ = 0;
}

bool Sender::addDigit(char digit, int durationMs) noexcept {
  if (options_.telephoneEventType < 0) return false;
  const int longestMs = 0xFFFF * kTickMs / static_cast<int>(eventTicksPerFrame());
  return digits_.add(digit, std::clamp(durationMs, kTickMs, longestMs));
}

}  // namespace oavc::engine
