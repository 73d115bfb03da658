#include "engine/clock.h"

#include <cerrno>
#include <ctime>

namespace oavc::engine {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kTogetherNs = 100'000;
constexpr int kAttempts = 3;

std::int64_t read(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

}  // namespace

std::int64_t monotonicNs() noexcept {
  return read(CLOCK_MONOTONIC);
}
std::int64_t realtimeNs() noexcept {
  return read(CLOCK_REALTIME);
}
Instant readClocks() noexcept {
  Instant now{monotonicNs(), realtimeNs()};
  for (int attempt = 0; attempt < kAttempts && monotonicNs() - now.monotonicNs > kTogetherNs; ++attempt)
    now = {monotonicNs(), realtimeNs()};
  return now;
}
std::int64_t threadCpuNs() noexcept {
  return read(CLOCK_THREAD_CPUTIME_ID);
}

void sleepUntil(std::int64_t monotonicNs) noexcept {
  const timespec until{monotonicNs / kNsPerSecond, monotonicNs % kNsPerSecond};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace oavc::engine
