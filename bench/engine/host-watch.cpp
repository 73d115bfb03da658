#include "engine/host-watch.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>

#include "engine/clock.h"
#include "engine/realtime.h"

namespace oavc::bench {
namespace {

constexpr std::int64_t kPeriodNs = engine::kNsPerMs;
constexpr std::int64_t kStallNs = engine::kNsPerMs / 2;
constexpr int kPriority = 30;  // the media thread has 20

bool takePlace(unsigned core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
  return becomeRealtime(kPriority);
}

}  // namespace

HostWatch::HostWatch() {
  for (unsigned number = 0; number < std::thread::hardware_concurrency(); ++number) {
    Core& core = *cores_.emplace_back(std::make_unique<Core>());
    core.thread = std::thread([this, &core, number] { watch(core, number); });
  }
}

HostWatch::~HostWatch() {
  stopping_ = true;
  for (auto& core : cores_) core->thread.join();
}

void HostWatch::watch(Core& core, unsigned number) {
  if (!takePlace(number)) realtime_ = false;
  std::int64_t dueNs = engine::monotonicNs();
  while (!stopping_.load(std::memory_order_relaxed)) {
    engine::sleepUntil(dueNs += kPeriodNs);
    const std::int64_t lateNs = engine::monotonicNs() - dueNs;
    if (lateNs < kStallNs) continue;
    const std::int64_t nowNs = engine::realtimeNs();
    const std::uint64_t count = core.count.load(std::memory_order_relaxed);
    core.stalls[count % Core::kKept] = {nowNs - lateNs, nowNs};
    core.count.store(count + 1, std::memory_order_release);
    dueNs += lateNs / kPeriodNs * kPeriodNs;
  }
}

std::int64_t HostWatch::stoodStillNs(std::int64_t fromNs, std::int64_t toNs) const {
  std::int64_t longest = 0;
  for (const auto& core : cores_) {
    std::int64_t sum = 0;
    const std::uint64_t count = core->count.load(std::memory_order_acquire);
    for (std::uint64_t i = count > Core::kKept ? count - Core::kKept : 0; i < count; ++i) {
      const Stall& stall = core->stalls[i % Core::kKept];
      sum += std::max<std::int64_t>(0, std::min(toNs, stall.toNs) - std::max(fromNs, stall.fromNs));
    }
    longest = std::max(longest, sum);
  }
  return longest;
}

std::uint64_t HostWatch::stalls() const {
  std::uint64_t all = 0;
  for (const auto& core : cores_) all += core->count.load(std::memory_order_acquire);
  return all;
}

}  // namespace oavc::bench
