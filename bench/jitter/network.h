// Networks in virtual time: when each packet of a talk comes, if it comes. Every trace is the same in every
// run.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace oavc::bench {

inline constexpr std::int64_t kNsPerMs = 1'000'000;
inline constexpr double kPacketMs = 20;

struct Sent {
  std::int64_t index = 0;
  std::int64_t arrivalNs = 0;
};

/// `sentMs[i]`: when packet i left. Packets in order of arrival; lost ones are missing.
struct Network {
  std::string name;
  std::vector<double> sentMs;
  std::vector<Sent> packets;
  double lostPercent = 0;
};

std::vector<std::string> networkNames();
/// Throws std::invalid_argument for a name that is not in `networkNames`.
Network makeNetwork(const std::string& name, int packets, std::uint32_t seed);

}  // namespace oavc::bench
