// The digits that a stream still has to send: one telephone event after the other, with a gap between them.
// No clock: each call is a tick of 20 ms.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "rtp/telephone_event.h"

namespace oavc::engine {

class Dialler {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  /// False for what is no digit, and when too many are waiting.
  bool add(char digit, int durationMs) noexcept {
    const auto code = rtp::eventOf(digit);
    if (!code || waiting_ == kMostWaiting) return false;
    digits_[(first_ + waiting_++) % kMostWaiting] = {*code, durationMs};
    return true;
  }
  /// Audio is to be silent.
  [[nodiscard]] bool busy() const noexcept { return waiting_ > 0 || gapTicks_ > 0 || event_.active(); }
  /// Whether this tick belongs to an event; it begins the next one when it is time to.
  bool turn(std::uint32_t timestamp, int ticksPerMs) noexcept {
    if (event_.active()) return true;
    if (gapTicks_ > 0) return --gapTicks_, false;
    if (waiting_ == 0) return false;
    const Waiting next = digits_[first_];
    first_ = (first_ + 1) % kMostWaiting;
    --waiting_;
    event_.begin(next.code, timestamp, static_cast<std::uint16_t>(next.durationMs * ticksPerMs));
    return true;
  }
  rtp::EventSender& event() noexcept { return event_; }
  void ended() noexcept { gapTicks_ = kGapTicks; }
  /// Goes on in place of another one. An event whose packets count in another clock is over: a gap follows.
  void inherit(const Dialler& before, bool sameClock) noexcept {
    *this = before;
    if (sameClock) return;
    if (event_.active()) gapTicks_ = kGapTicks;
    event_ = {};
  }

 private:
  struct Waiting {
    std::uint8_t code = 0;
    int durationMs = 0;
  };
  // The repetitions of the end take 40 ms more of the gap: 80 ms, twice what Q.24 asks for.
  static constexpr int kGapTicks = 2;
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;
  int gapTicks_ = 0;
  rtp::EventSender event_;
  std::array<Waiting, kMostWaiting> digits_{};
};

}  // namespace oavc::engine
