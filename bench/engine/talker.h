// A caller of the soak: waits for the greeting, then says its words, listens to the answer, pauses, and says
// them again, until the call is ended from outside. Times are CLOCK_REALTIME nanoseconds, as the kernel
// stamps arrivals.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/tone-ear.h"
#include "engine/udp_socket.h"

namespace oavc::bench {

/// Of one call.
struct Heard {
  int packets = 0, missing = 0;
  int said = 0, answered = 0, unanswered = 0;
  int unasked = 0;  // sounds while no answer was due
  int ownBlocks = 0, foreignBlocks = 0;
  std::vector<std::int64_t> waitsNs;                 // from the last word to the first sound of the answer
  std::vector<std::int64_t> arrivalsNs, transitsNs;  // a packet each; transit: arrival less place on the grid
};

class Talker {
 public:
  static constexpr std::size_t kFrame = ToneEar::kFrame;
  explicit Talker(const engine::Endpoint& local);
  /// `words` are µ-law and outlive the call.
  void begin(const engine::Endpoint& peer, double botHz, std::span<const std::uint8_t> words);
  [[nodiscard]] bool calling() const { return calling_; }
  /// What was heard in the call that is over.
  Heard end();
  /// Every 20 ms: takes what came, then sends one packet.
  void tick(engine::ReceiveBatch& batch, std::int64_t nowNs);

 private:
  enum class Does : std::uint8_t { kWaits, kListens, kPauses, kTalks };
  void take(const engine::Datagram& datagram);
  void hear(std::span<const std::int16_t, kFrame> samples, std::int64_t arrivalNs);
  void hearOnset(std::int64_t arrivalNs);
  void live();
  void pause();
  void send();

  engine::UdpSocket socket_;
  engine::Endpoint peer_;
  std::span<const std::uint8_t> words_;
  ToneEar ear_{0};
  bool calling_ = false;
  Does does_ = Does::kWaits;
  int ticks_ = 0;        // left in what it does
  int quietFrames_ = 0;  // heard in a row
  std::size_t said_ = 0;
  std::int64_t lastWordNs_ = 0, nowNs_ = 0;
  std::uint32_t random_ = 1;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  std::uint16_t lastSequence_ = 0;  // received
  std::uint32_t firstTimestamp_ = 0;
  Heard heard_;
  std::array<std::uint8_t, 12 + kFrame> datagram_{};
};

}  // namespace oavc::bench
