// What to play next: one decision whenever the decoded samples run out.
//
//             nothing held            held, in time           held, early
//   resting   rest                    play                    rest (wait for the target delay)
//   playing   conceal, then rest      play                    a loss: conceal; a pause of the sender: rest
//
// While nothing is held, concealment does not move the position: the packet may only be late, and then the
// delay has grown by what it lacked. Delay over the target is taken back by shortening frames, lack of it
// filled by lengthening. A packet must be there at the tick of the listener in which its first sample is
// due: what counts is its delay at the tick, and what is decoded ahead of it spares nothing.
#pragma once
#include <cstdint>

#include "jitter/packet_store.h"

namespace oavc::jitter {

enum class Action : std::uint8_t {
  kRest,     // silence
  kPlay,     // decode `packet`
  kRecover,  // the one before `packet` is lost: rebuild it from the redundancy in `packet`, or conceal
  kConceal,
};
enum class Stretch : std::uint8_t { kNone, kShorten, kLengthen };

struct Decision {
  Action action = Action::kRest;
  Stretch stretch = Stretch::kNone;
  const StoredPacket* packet = nullptr;  // valid until the buffer changes
  bool begins = false;                   // it does not go on from what was played last
};

/// One tick of one stream.
struct Moment {
  const StoredPacket* head = nullptr;  // first packet held
  double delayMs = 0;                  // its delay at this tick
  double newestDelayMs = 0;            // that of the packet with the largest sequence
  double aheadMs = 0;                  // decoded already
  double targetMs = 0;
  double usualMs = 0;  // lateness that most packets do not exceed
};

class Playout {
 public:
  explicit Playout(int clockRateHz) noexcept : clockRateHz_(clockRateHz) {}
  Decision decide(const Moment& moment) noexcept;
  /// The packet was decoded into so many ticks.
  void played(const StoredPacket& packet, std::int64_t ticks) noexcept;
  void concealed(std::int64_t ticks) noexcept { concealedTicks_ += ticks; }
  /// The lost packet before `packet` was rebuilt.
  void recovered(const StoredPacket& packet) noexcept;
  /// A packet without audio took `sequence`; what is missing until the next one is a pause, not a loss.
  void pauseAt(std::int64_t sequence) noexcept;
  void reset() noexcept { *this = Playout(clockRateHz_); }
  [[nodiscard]] bool playing() const noexcept { return playing_; }
  /// Position in ticks; only meaningful while playing.
  [[nodiscard]] std::int64_t nextTicks() const noexcept { return nextTicks_; }

  static constexpr double kGiveUpMs = 120;  // of concealment; then rest

 private:
  static constexpr int kRoughFrames = 4;  // after a packet was overdue, no delay is given back

  Decision withoutHead() noexcept;
  Decision start(const Moment& moment) noexcept;
  Decision acrossGap(const Moment& moment, std::int64_t gapTicks) noexcept;
  Stretch stretchFor(const Moment& moment) noexcept;
  [[nodiscard]] Stretch towardsTarget(double excessMs, double aheadMs) const noexcept;
  [[nodiscard]] bool isNextOverdue(const Moment& moment) const noexcept;
  [[nodiscard]] bool isShorteningFree(double aheadMs) const noexcept;
  [[nodiscard]] double msOf(std::int64_t ticks) const noexcept {
    return static_cast<double>(ticks) * 1000 / clockRateHz_;
  }

  int clockRateHz_;
  bool playing_ = false;
  bool pause_ = false;
  std::int64_t nextSequence_ = 0;
  std::int64_t nextTicks_ = 0;
  std::int64_t packetTicks_ = 0;  // of the last packet played
  std::int64_t concealedTicks_ = 0;
  int sinceStretch_ = 0;  // frames
  int sinceOverdue_ = kRoughFrames;
};

}  // namespace oavc::jitter
