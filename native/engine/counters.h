// What a session has counted, and a way for another thread to read it whole.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

#include "engine/endpoint.h"

namespace oavc::engine {

struct SessionCounters {
  std::uint64_t packetsReceived = 0;
  std::uint64_t packetsSent = 0;
  std::uint64_t bytesReceived = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t packetsLost = 0;
  std::uint64_t packetsLate = 0;
  std::uint64_t packetsDuplicate = 0;
  std::uint64_t packetsReordered = 0;
  std::uint64_t packetsRejected = 0;
  std::uint64_t framesConcealed = 0;
  std::uint64_t framesPlayed = 0;
  double jitterMs = 0;
  double playoutDelayMs = 0;
  double targetDelayMs = 0;
  std::uint64_t heardDropped = 0;
  std::uint64_t spokenUnderruns = 0;
  std::int64_t lastPacketNs = 0;
  std::uint64_t ssrcChanges = 0;
  Endpoint remote;
  double roundTripMs = -1;
  double remoteLossFraction = -1;
  double remoteJitterMs = -1;
  std::int64_t remoteLost = -1;
  std::uint64_t packetsUnsent = 0;
  std::uint64_t recordingLostMs = 0;
};

struct EngineCounters {
  std::uint64_t ticks = 0;
  std::uint64_t lateTicks = 0;
  std::int64_t maxLateNs = 0;
  std::int64_t cpuNs = 0;
  std::uint64_t sessions = 0;
  std::uint64_t fifo = 0;
};

/// One writer, any readers: a sequence lock over atomic words. The writer never waits; a reader retries.
template <typename Value>
class Published {
 public:
  void publish(const Value& value) noexcept {
    std::array<std::uint64_t, kWords> words{};
    std::memcpy(words.data(), static_cast<const void*>(&value), sizeof value);
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(words[i], std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  [[nodiscard]] Value read() const noexcept {
    std::array<std::uint64_t, kWords> words;
    for (;;) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < kWords; ++i) words[i] = words_[i].load(std::memory_order_acquire);
      if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) break;
    }
    Value value;
    std::memcpy(static_cast<void*>(&value), words.data(), sizeof value);
    return value;
  }

 private:
  static constexpr std::size_t kWords = (sizeof(Value) + 7) / 8;
  std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::uint64_t>, kWords> words_{};
};

}  // namespace oavc::engine
