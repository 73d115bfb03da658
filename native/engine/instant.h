// Both clocks at one moment.
#pragma once
#include <cstdint>

namespace oavc::engine {

struct Instant {
  std::int64_t monotonicNs = 0;
  std::int64_t unixNs = 0;
};

}  // namespace oavc::engine
