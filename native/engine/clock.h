// The one clock: CLOCK_MONOTONIC in nanoseconds, what process.hrtime.bigint() reads in JavaScript.
#pragma once
#include <cstdint>

#include "engine/instant.h"

namespace oavc::engine {

inline constexpr std::int64_t kNsPerMs = 1'000'000;

std::int64_t monotonicNs() noexcept;
/// CLOCK_REALTIME, nanoseconds since 1970: for NTP times and the kernel's receive stamps only.
std::int64_t realtimeNs() noexcept;
/// Both at one moment, also when the thread is interrupted between them.
Instant readClocks() noexcept;
std::int64_t threadCpuNs() noexcept;
/// Returns at once when the time is past.
void sleepUntil(std::int64_t monotonicNs) noexcept;

}  // namespace oavc::engine
