#include "rtp/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "rtp/octets.h"
#include "rtp/sequence.h"

namespace oavc::rtp {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";
constexpr std::uint8_t kVolume = 10;  // -10 dBm0

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

std::optional<Digit> EventReceiver::receive(const TelephoneEvent& event, std::uint32_t timestamp,
                                            std::int64_t nowMs) noexcept {
  if (digitOf(event.event) == '\0') return std::nullopt;
  if (known_ && distance(timestamp_, timestamp) < 0) return std::nullopt;  // a late repetition
  std::optional<Digit> lost;
  if (!known_ || timestamp != timestamp_) {
    if (pending_) lost = finish();  // the next digit began before the end of this one came
    known_ = pending_ = true;
    timestamp_ = timestamp;
    event_ = event.event;
    duration_ = 0;
  }
  duration_ = std::max(duration_, event.duration);
  heardMs_ = nowMs;
  if (pending_ && event.end && !lost) return finish();
  return lost;
}

std::optional<Digit> EventReceiver::expire(std::int64_t nowMs) noexcept {
  if (!pending_ || nowMs - heardMs_ < kLostEndMs) return std::nullopt;
  return finish();
}

Digit EventReceiver::finish() noexcept {
  pending_ = false;
  const auto rate = static_cast<std::uint32_t>(clockRateHz_);
  return {digitOf(event_), std::uint32_t{duration_} * 1000 / rate};
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
