// One caller of the load: sends a frame of PCMU every 20 ms, silence with a loud packet once a second, and
// keeps account of what comes back. Times are CLOCK_REALTIME nanoseconds, as the kernel stamps arrivals.
#pragma once
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/udp_socket.h"

namespace oavc::bench {

/// Of one window, by the stamps of the kernel: it does not matter when a packet is read. `transitsNs`:
/// arrival less place on the stream's own grid, a packet each.
struct Account {
  std::vector<std::int64_t> transitsNs;
  std::vector<double> delaysMs;
  int sent = 0;
  int wrong = 0;  // sound that this caller did not send
};

class Caller {
 public:
  Caller(int number, const engine::Endpoint& local, std::size_t mostPackets);
  void setPeer(const engine::Endpoint& peer) { peer_ = peer; }
  void send();
  void receive(engine::ReceiveBatch& batch);
  /// Forgets what was counted so far; counts what arrives from now on.
  void openWindow(std::int64_t nowNs);
  /// Reads what arrived until now; what comes later is not counted.
  void closeWindow(std::int64_t nowNs, engine::ReceiveBatch& batch);
  [[nodiscard]] const Account& account() const { return account_; }

 private:
  void take(const engine::Datagram& datagram);
  void listen(std::span<const std::uint8_t> payload, std::int64_t arrivalNs);

  int number_;
  engine::UdpSocket socket_;
  engine::Endpoint peer_;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  std::int64_t burstSentNs_ = 0;  // 0: none is under way
  std::int64_t lastLoudNs_ = 0;
  Account account_;
  std::int64_t countFromNs_ = 0;
  std::int64_t countUntilNs_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace oavc::bench
