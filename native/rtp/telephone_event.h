// DTMF as RFC 4733 telephone events, both ways. Times are RTP timestamps and milliseconds given by the
// caller.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "rtp/packet.h"

namespace oavc::rtp {

inline constexpr std::size_t kEventBytes = 4;

struct TelephoneEvent {
  std::uint8_t event = 0;
  bool end = false;
  std::uint8_t volume = 0;     // -dBm0
  std::uint16_t duration = 0;  // timestamp units
};

std::optional<TelephoneEvent> parseEvent(std::span<const std::uint8_t> payload) noexcept;
void buildEvent(const TelephoneEvent& event, std::span<std::uint8_t> out) noexcept;

/// '0'-'9', '*', '#', 'A'-'D' for events 0-15; 0 for others.
char digitOf(std::uint8_t event) noexcept;
std::optional<std::uint8_t> eventOf(char digit) noexcept;

struct Digit {
  char character = 0;
  std::uint32_t durationMs = 0;
};

/// One digit per event, however many packets carry it: source and timestamp name the event (RFC 4733 2.3.1).
/// A key that is held for longer than a duration can say comes in segments (2.5.1.3) and is one digit still.
/// A digit is reported at its first end packet, or when its packets stop without one.
class EventReceiver {
 public:
  explicit EventReceiver(int clockRateHz) noexcept : clockRateHz_(clockRateHz) {}
  std::optional<Digit> receive(const TelephoneEvent& event, const Header& header,
                               std::int64_t nowMs) noexcept;
  /// The digit whose end was lost.
  std::optional<Digit> expire(std::int64_t nowMs) noexcept;
  /// Goes on with what another one, of another clock, has heard so far.
  void inherit(const EventReceiver& before) noexcept;

  static constexpr std::int64_t kLostEndMs = 200;

 private:
  [[nodiscard]] bool isRepetition(const Header& header) const noexcept;
  [[nodiscard]] bool isNextSegment(const TelephoneEvent& event, const Header& header) const noexcept;
  Digit finish() noexcept;

  int clockRateHz_;
  bool known_ = false;    // ssrc_ and timestamp_ name an event
  bool pending_ = false;  // ... that is not reported yet
  std::uint32_t ssrc_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint8_t event_ = 0;
  std::uint16_t duration_ = 0;          // of this segment
  std::uint32_t segmentsDuration_ = 0;  // of those before it
  std::int64_t heardMs_ = 0;
};

/// The packets of one digit: updates while it lasts, then the end three times (RFC 4733 2.5.1.4).
class EventSender {
 public:
  void begin(std::uint8_t event, std::uint32_t timestamp, std::uint16_t duration) noexcept;
  [[nodiscard]] bool active() const noexcept { return ends_ < kEndRepeats; }
  [[nodiscard]] std::uint32_t timestamp() const noexcept { return timestamp_; }
  /// True for the packet that opens the event: it carries the marker.
  [[nodiscard]] bool first() const noexcept { return elapsed_ == 0; }
  /// The next packet, `step` timestamp units after the one before.
  TelephoneEvent next(std::uint16_t step) noexcept;

 private:
  static constexpr int kEndRepeats = 3;
  std::uint8_t event_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint16_t total_ = 0;
  std::uint16_t elapsed_ = 0;
  int ends_ = kEndRepeats;
};

}  // namespace oavc::rtp
