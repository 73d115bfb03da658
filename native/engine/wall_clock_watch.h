// Notices that somebody set the wall clock. The kernel stamps datagrams by it: what it stamped before lies in
// the sockets for a tick and would seem to be older, or younger, than it is.
#pragma once
#include <cstdint>
#include <cstdlib>

#include "engine/instant.h"

namespace oavc::engine {

class WallClockWatch {
 public:
  /// Looks; whether stamps of datagrams that are received now may be believed. To be asked at least once a
  /// tick.
  bool steady(const Instant& now) noexcept {
    const std::int64_t offsetNs = now.unixNs - now.monotonicNs;
    if (looked_ && std::llabs(offsetNs - offsetNs_) > kStepNs)
      distrustUntilNs_ = now.monotonicNs + kDistrustNs;
    looked_ = true;
    offsetNs_ = offsetNs;
    return now.monotonicNs >= distrustUntilNs_;
  }

  static constexpr std::int64_t kDistrustNs = 40'000'000;  // two ticks: each socket was emptied since

 private:
  static constexpr std::int64_t kStepNs = 1'000'000;  // a clock that is merely slewed takes seconds for it
  bool looked_ = false;
  std::int64_t offsetNs_ = 0;
  std::int64_t distrustUntilNs_ = 0;
};

}  // namespace oavc::engine
