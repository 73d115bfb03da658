// engine_echo CALLS FIRST_REMOTE_PORT: the least that a paced media server can do. Takes what came for a
// call, sends one packet of it every 20 ms, calls spread over four slots; no parsing, no buffer, no codec.
// Prints its ports, runs until its input ends.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/clock.h"
#include "engine/realtime.h"
#include "engine/udp_socket.h"

namespace {

using namespace oavc;

constexpr std::int64_t kSlotNs = 5'000'000;
constexpr std::size_t kSlots = 4;
constexpr int kPriority = 20;  // our media thread has the same

class Call {
 public:
  Call(engine::UdpSocket socket, const engine::Endpoint& remote)
      : socket_(std::move(socket)), remote_(remote) {}

  void tick(engine::ReceiveBatch& batch) {
    const std::size_t count = socket_.receive(batch);
    for (std::size_t i = 0; i < count; ++i) keep(batch.at(i).octets);
    if (sent_ == kept_) return;
    const Held& held = ring_[sent_++ % kHeld];
    socket_.send(remote_, {held.octets, held.size});
  }

 private:
  static constexpr std::size_t kHeld = 4;
  struct Held {
    std::uint8_t octets[400];
    std::size_t size = 0;
  };
  void keep(std::span<const std::uint8_t> octets) {
    if (kept_ - sent_ == kHeld) ++sent_;
    Held& held = ring_[kept_++ % kHeld];
    held.size = std::min(octets.size(), sizeof held.octets);
    std::memcpy(held.octets, octets.data(), held.size);
  }

  engine::UdpSocket socket_;
  engine::Endpoint remote_;
  Held ring_[kHeld];
  std::size_t kept_ = 0;
  std::size_t sent_ = 0;
};

bool inputEnded() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  std::array<char, 64> line;  // whatever it says, it is not for us
  return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, line.data(), line.size()) == 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int calls = std::atoi(arguments[1]), remote = std::atoi(arguments[2]);
  std::vector<std::unique_ptr<Call>> all;
  for (int call = 0; call < calls; ++call) {
    auto pair = engine::bindPair(*engine::parseEndpoint("127.0.0.1", 0), 20000, 29999);
    std::printf("%s%d", call == 0 ? "{\"ports\":[" : ",", pair.rtpPort);
    const auto to = *engine::parseEndpoint("127.0.0.1", static_cast<std::uint16_t>(remote + 2 * call));
    all.push_back(std::make_unique<Call>(std::move(pair.rtp), to));
  }
  std::puts("]}");
  std::fflush(stdout);
  bench::becomeRealtime(kPriority);
  engine::ReceiveBatch batch;
  std::int64_t scheduledNs = engine::monotonicNs() / kSlotNs * kSlotNs;  // the load knows this grid
  for (std::size_t slot = 0; !inputEnded(); slot = (slot + 1) % kSlots) {
    engine::sleepUntil(scheduledNs += kSlotNs);
    for (std::size_t call = slot; call < all.size(); call += kSlots) all[call]->tick(batch);
  }
}
