// What a listener of one network got from one jitter buffer.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "network.h"

namespace oavc::bench {

/// `inventedMs`: heard, but not said (concealment, inserted frames, silence where speech should be).
/// `droppedPackets`: came, and were not played. `delaysMs`: from sending to playing, a packet each.
struct Heard {
  double inventedMs = 0;
  double playedMs = 0;
  double stretchedMs = 0;
  int droppedPackets = 0;
  std::vector<double> delaysMs;
};

struct Account {
  double concealedPercent = 0;
  double droppedPercent = 0;
  double meanDelayMs = 0;
  double p95DelayMs = 0;
  double stretchedPercent = 0;
};

Account settle(const std::vector<Heard>& all);

Heard listenOurs(const Network& network);
Heard listenSpeex(const Network& network);
/// Each packet is played `delayMs` after it was sent; what comes later is concealed.
Heard listenFixed(const Network& network, double delayMs);
/// Knows for every second how late its packets will be, and waits just so long: nothing beats it without
/// loss.
Heard listenOracle(const Network& network);

}  // namespace oavc::bench
