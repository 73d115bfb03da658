// A network in virtual time: packets of 20 ms with numbered content, delayed, lost, doubled and swapped as
// the test says; and a listener that drains a jitter buffer every 20 ms and keeps account.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "jitter/jitter_buffer.h"

namespace oavc {

inline constexpr std::int64_t kNsPerMs = 1'000'000;

struct SentPacket {
  std::int64_t index = 0;  // its number since the start
  std::int64_t arrivalNs = 0;
};

struct Trace {
  std::vector<SentPacket> packets;
  void sort() { std::ranges::stable_sort(packets, {}, &SentPacket::arrivalNs); }
};

/// One packet each 20 ms; `delayMs(index)` below zero loses it. `ppm`: how fast the sender's clock is.
inline Trace makeTrace(int count, const std::function<double(int)>& delayMs, double ppm = 0) {
  Trace trace;
  for (int i = 0; i < count; ++i) {
    const double delay = delayMs(i);
    if (delay < 0) continue;
    const double sentMs = 1000 + i * 20.0 / (1 + ppm * 1e-6);
    trace.packets.push_back({i, static_cast<std::int64_t>((sentMs + delay) * kNsPerMs)});
  }
  trace.sort();
  return trace;
}

struct Account {
  int played = 0;
  int concealedFrames = 0;  // until the last packet came
  int rests = 0;            // after the first packet played
  bool inOrder = true;
  double lastDelayMs = 0;  // mean over the last second
  double meanDelayMs = 0;
};

struct Listening {
  std::uint16_t firstSequence = 0;
  std::uint32_t firstTimestamp = 0;
  jitter::Limits limits{20, 400};
};

/// Plays a trace through `buffer`; frames that are to be stretched give or take 5 ms.
inline Account listen(const Trace& trace, jitter::JitterBuffer& buffer, const Listening& how = {}) {
  constexpr std::int64_t kFrame = 160;
  Account account;
  std::vector<double> delays;
  std::int64_t lastIndex = -1, heldTicks = 0;
  std::size_t next = 0;
  const std::int64_t endNs = trace.packets.back().arrivalNs + 500 * kNsPerMs;
  for (std::int64_t nowNs = 1000 * kNsPerMs; nowNs < endNs; nowNs += 20 * kNsPerMs) {
    for (; next < trace.packets.size() && trace.packets[next].arrivalNs <= nowNs; ++next) {
      const std::int64_t index = trace.packets[next].index;
      std::vector<std::uint8_t> payload(kFrame);
      for (std::size_t k = 0; k < 8; ++k) payload[k] = static_cast<std::uint8_t>(index >> (8 * k));
      rtp::Packet packet;
      packet.sequence = static_cast<std::uint16_t>(how.firstSequence + index);
      packet.timestamp = static_cast<std::uint32_t>(how.firstTimestamp + index * kFrame);
      packet.payload = payload;
      buffer.put(packet, trace.packets[next].arrivalNs, true);
    }
    while (heldTicks < kFrame) {
      const auto decision = buffer.next(nowNs, heldTicks * kNsPerMs / 8);
      if (decision.action == jitter::Action::kPlay) {
        std::int64_t index = 0;
        for (std::size_t k = 0; k < 8; ++k) index |= std::int64_t{decision.packet->octets[k]} << (8 * k);
        account.inOrder = account.inOrder && index > lastIndex;
        lastIndex = index;
        buffer.played(*decision.packet, kFrame);
        heldTicks += kFrame;
        if (decision.stretch == jitter::Stretch::kShorten) heldTicks -= 40;
        if (decision.stretch == jitter::Stretch::kLengthen) heldTicks += 40;
        ++account.played;
        delays.push_back(buffer.playoutDelayMs());
      } else if (decision.action == jitter::Action::kRest) {
        heldTicks = kFrame;
        if (account.played > 0 && next < trace.packets.size()) ++account.rests;
      } else {
        heldTicks += kFrame;
        buffer.concealed(kFrame);
        account.concealedFrames += next < trace.packets.size() ? 1 : 0;
      }
    }
    heldTicks -= kFrame;
  }
  const auto mean = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t i = from; i < delays.size(); ++i) sum += delays[i];
    return delays.empty() ? 0 : sum / static_cast<double>(delays.size() - from);
  };
  account.meanDelayMs = mean(0);
  account.lastDelayMs = mean(delays.size() > 50 ? delays.size() - 50 : 0);
  return account;
}

}  // namespace oavc
