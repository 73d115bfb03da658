// When the host took the processors away: a bare timer thread on each core, above every other, writes down
// when it woke late. What is late at the same time is late through no fault of the program under test.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace oavc::bench {

class HostWatch {
 public:
  HostWatch();
  ~HostWatch();
  HostWatch(const HostWatch&) = delete;
  HostWatch& operator=(const HostWatch&) = delete;
  /// The longest that any core stood still between the two instants (CLOCK_REALTIME).
  [[nodiscard]] std::int64_t stoodStillNs(std::int64_t fromNs, std::int64_t toNs) const;
  [[nodiscard]] std::uint64_t stalls() const;
  /// False without the right to real-time priority: then other programs look like the host.
  [[nodiscard]] bool realtime() const { return realtime_.load(); }

 private:
  struct Stall {
    std::int64_t fromNs = 0, toNs = 0;
  };
  struct Core {
    static constexpr std::size_t kKept = 1 << 16;
    std::array<Stall, kKept> stalls{};
    std::atomic<std::uint64_t> count{0};
    std::thread thread;
  };
  void watch(Core& core, unsigned number);

  std::atomic<bool> stopping_{false};
  std::atomic<bool> realtime_{true};
  std::vector<std::unique_ptr<Core>> cores_;
};

}  // namespace oavc::bench
