#include "rtp/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "rtp/octets.h"
#include "rtp/sequence.h"

namespace oavc::rtp {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";
constexpr std::uint8_t kVolume = 10;  // -10 dBm0
constexpr std::uint16_t kLongestSegment = 0xFFFF;
constexpr int kRepetitionS = 2;  // behind the longest segment; what is older is the source's clock set back

}  // namespace

std::optional<TelephoneEvent> parseEvent(std::span<const std::uint8_t> payload) noexcept {
  if (payload.size() < kEventBytes) return std::nullopt;
  return TelephoneEvent{payload[0], (payload[1] & 0x80) != 0, static_cast<std::uint8_t>(payload[1] & 0x3F),
                        load16(payload.data() + 2)};
}

void buildEvent(const TelephoneEvent& event, std::span<std::uint8_t> out) noexcept {
  out[0] = event.event;
  out[1] = static_cast<std::uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3F));
  store16(out.data() + 2, event.duration);
}

char digitOf(std::uint8_t event) noexcept {
  return event < kDigits.size() ? kDigits[event] : '\0';
}

std::optional<std::uint8_t> eventOf(char digit) noexcept {
  const auto place = kDigits.find(digit);
  if (place == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(place);
}

std::optional<Digit> EventReceiver::receive(const TelephoneEvent& event, const Header& header,
                                            std::int64_t nowMs) noexcept {
  if (digitOf(event.event) == '\0' || isRepetition(header)) return std::nullopt;
  std::optional<Digit> lost;
  if (!known_ || header.ssrc != ssrc_ || header.timestamp != timestamp_) {
    const bool segment = isNextSegment(event, header);
    if (pending_ && !segment) lost = finish();  // the next digit began before the end of this one came
    segmentsDuration_ = segment ? segmentsDuration_ + kLongestSegment : 0;
    known_ = pending_ = true;
    ssrc_ = header.ssrc;
    timestamp_ = header.timestamp;
    event_ = event.event;
    duration_ = 0;
  }
  duration_ = std::max(duration_, event.duration);
  heardMs_ = nowMs;
  if (pending_ && event.end && !lost) return finish();
  return lost;
}

/// Of an event before the last one, come late.
bool EventReceiver::isRepetition(const Header& header) const noexcept {
  if (!known_ || header.ssrc != ssrc_) return false;
  const std::int32_t behind = distance(header.timestamp, timestamp_);
  return behind > 0 && behind < kLongestSegment + kRepetitionS * clockRateHz_;
}

bool EventReceiver::isNextSegment(const TelephoneEvent& event, const Header& header) const noexcept {
  return pending_ && event.event == event_ && header.ssrc == ssrc_ && !header.marker &&
         header.timestamp - timestamp_ == kLongestSegment;
}

void EventReceiver::inherit(const EventReceiver& before) noexcept {
  const int clockRateHz = clockRateHz_;
  *this = before;
  clockRateHz_ = clockRateHz;
}

std::optional<Digit> EventReceiver::expire(std::int64_t nowMs) noexcept {
  if (!pending_ || nowMs - heardMs_ < kLostEndMs) return std::nullopt;
  return finish();
}

Digit EventReceiver::finish() noexcept {
  pending_ = false;
  const auto rate = static_cast<std::uint32_t>(clockRateHz_);
  const std::uint64_t duration = std::uint64_t{segmentsDuration_} + duration_;
  return {digitOf(event_), static_cast<std::uint32_t>(duration * 1000 / rate)};
}

void EventSender::begin(std::uint8_t event, std::uint32_t timestamp, std::uint16_t duration) noexcept {
  event_ = event;
  timestamp_ = timestamp;
  total_ = duration;
  elapsed_ = 0;
  ends_ = 0;
}

TelephoneEvent EventSender::next(std::uint16_t step) noexcept {
  const std::uint32_t until = std::uint32_t{elapsed_} + step;
  elapsed_ = static_cast<std::uint16_t>(std::min<std::uint32_t>(until, total_));
  const bool end = elapsed_ == total_;
  if (end) ++ends_;
  return {event_, end, kVolume, elapsed_};
}

}  // namespace oavc::rtp
