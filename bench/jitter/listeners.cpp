#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "audio/time_stretch.h"
#include "jitter/jitter_buffer.h"
#include "listener.h"

#ifdef OAVC_SPEEXDSP
#include <speex/speex_jitter.h>
#endif

namespace oavc::bench {
namespace {

constexpr std::int64_t kFrame = 160;
constexpr std::int64_t kTickNs = 20 * kNsPerMs;
constexpr std::int64_t kFirstTickNs = 1000 * kNsPerMs;
constexpr double kRoundingMs = 1e-3;
constexpr double kNever = -1;

/// Calls `put` for what has come and `tick` every 20 ms, until the last packet came.
template <typename Put, typename Tick>
void walk(const Network& network, Put put, Tick tick) {
  std::size_t next = 0;
  for (std::int64_t nowNs = kFirstTickNs; next < network.packets.size(); nowNs += kTickNs) {
    for (; next < network.packets.size() && network.packets[next].arrivalNs <= nowNs; ++next)
      put(network.packets[next]);
    tick(nowNs);
  }
}

double delayMs(const Network& network, std::int64_t index, std::int64_t playedNs) {
  return static_cast<double>(playedNs) / kNsPerMs - network.sentMs[static_cast<std::size_t>(index)];
}

/// Something like speech at 8 kHz: syllables of a gliding voice, hisses between them, pauses.
class Speech {
 public:
  Speech() {
    std::mt19937 random(7);
    std::normal_distribution<float> hiss(0, 300);
    double phase = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const double seconds = static_cast<double>(i) / 8000;
      const double syllable = std::fmod(seconds, 0.25) / 0.25;
      phase += 2 * 3.14159265 * (120 + 25 * std::sin(seconds * 2.1)) / 8000;
      double voice = 0;
      for (int harmonic = 1; harmonic < 14; ++harmonic) voice += std::sin(harmonic * phase) / harmonic;
      const bool pause = std::fmod(seconds, 3) > 2.2;
      const bool voiced = syllable < 0.7 && !pause;
      const double level = voiced ? 5000 * std::sin(3.14159265 * syllable / 0.7) : 0;
      const float noise = pause ? hiss(random) / 20 : hiss(random);
      samples_[i] = static_cast<std::int16_t>(level * voice + static_cast<double>(noise));
    }
  }
  void frame(std::int64_t index, std::span<std::int16_t> out) const {
    const auto start = static_cast<std::size_t>(index) * kFrame % samples_.size();
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(start), kFrame, out.begin());
  }

 private:
  std::array<std::int16_t, kFrame * 600> samples_{};
};

/// The engine's use of the buffer (native/engine/playback.cpp), with real stretching of the frames.
class OurListener {
 public:
  explicit OurListener(const Network& network) : network_(network) {}

  void put(const Sent& sent) {
    const std::array<std::uint8_t, 1> payload{0};
    rtp::Packet packet;
    packet.sequence = static_cast<std::uint16_t>(sent.index);
    packet.timestamp = static_cast<std::uint32_t>(sent.index * kFrame);
    packet.payload = payload;
    buffer_.put(packet, sent.arrivalNs, true);
  }

  void tick(std::int64_t nowNs) {
    while (held_ < kFrame) refill(nowNs, held_ * kNsPerMs / 8);
    held_ -= kFrame;
  }

  Heard heard;

 private:
  void refill(std::int64_t tickNs, std::int64_t aheadNs) {
    const jitter::Decision decision = buffer_.next(tickNs, aheadNs);
    if (decision.action == jitter::Action::kPlay) return play(decision, tickNs + aheadNs);
    const std::int64_t missing = (kFrame - held_ + 79) / 80 * 80;
    if (decision.action == jitter::Action::kRest) {
      if (!heard.delaysMs.empty()) heard.inventedMs += static_cast<double>(kFrame - held_) / 8;
      held_ = kFrame;
      return;
    }
    held_ += missing;
    heard.inventedMs += static_cast<double>(missing) / 8;
    buffer_.concealed(missing);
  }

  void play(const jitter::Decision& decision, std::int64_t dueNs) {
    static const Speech speech;
    std::array<std::int16_t, 2 * kFrame> samples{};
    speech.frame(decision.packet->sequence, samples);
    std::size_t length = kFrame;
    if (decision.stretch == jitter::Stretch::kShorten) length = audio::shorten(samples, kFrame, 8000);
    if (decision.stretch == jitter::Stretch::kLengthen) length = audio::lengthen(samples, kFrame, 8000);
    heard.delaysMs.push_back(delayMs(network_, decision.packet->sequence, dueNs));
    heard.playedMs += kPacketMs;
    heard.stretchedMs += std::abs(static_cast<double>(length) - kFrame) / 8;
    held_ += static_cast<std::int64_t>(length);
    buffer_.played(*decision.packet, kFrame);
  }

  const Network& network_;
  jitter::JitterBuffer buffer_{8000, {}};
  std::int64_t held_ = 0;
};

}  // namespace

Heard listenOurs(const Network& network) {
  OurListener listener(network);
  walk(
      network, [&](const Sent& sent) { listener.put(sent); },
      [&](std::int64_t nowNs) { listener.tick(nowNs); });
  listener.heard.droppedPackets =
      static_cast<int>(network.packets.size()) - static_cast<int>(listener.heard.delaysMs.size());
  return listener.heard;
}

#ifdef OAVC_SPEEXDSP
Heard listenSpeex(const Network& network) {
  Heard heard;
  JitterBuffer* buffer = jitter_buffer_init(kFrame);
  std::array<char, 1> octet{};
  const auto put = [&](const Sent& sent) {
    JitterBufferPacket packet{};
    packet.data = octet.data();
    packet.len = 1;
    packet.timestamp = static_cast<spx_uint32_t>(sent.index * kFrame);
    packet.span = kFrame;
    packet.sequence = static_cast<spx_uint16_t>(sent.index);
    jitter_buffer_put(buffer, &packet);
  };
  const auto tick = [&](std::int64_t nowNs) {
    JitterBufferPacket packet{};
    packet.data = octet.data();
    packet.len = 1;
    spx_int32_t offset = 0;
    if (jitter_buffer_get(buffer, &packet, kFrame, &offset) == JITTER_BUFFER_OK) {
      heard.delaysMs.push_back(delayMs(network, packet.timestamp / kFrame, nowNs));
      heard.playedMs += kPacketMs;
    } else if (!heard.delaysMs.empty()) {
      heard.inventedMs += kPacketMs;
    }
    jitter_buffer_tick(buffer);
  };
  walk(network, put, tick);
  jitter_buffer_destroy(buffer);
  heard.droppedPackets = static_cast<int>(network.packets.size()) - static_cast<int>(heard.delaysMs.size());
  return heard;
}
#endif

namespace {

template <typename DelayOf>
Heard listenOnTime(const Network& network, DelayOf delayOf) {
  Heard heard;
  std::vector<double> latenessMs(network.sentMs.size(), kNever);
  for (const Sent& sent : network.packets)
    latenessMs[static_cast<std::size_t>(sent.index)] = delayMs(network, sent.index, sent.arrivalNs);
  for (std::size_t index = 0; index < latenessMs.size(); ++index) {
    const double waitMs = delayOf(index, latenessMs);
    const bool came = latenessMs[index] > kNever;
    if (came && latenessMs[index] <= waitMs + kRoundingMs) {
      heard.delaysMs.push_back(waitMs);
      heard.playedMs += kPacketMs;
    } else {
      heard.inventedMs += kPacketMs;
      heard.droppedPackets += came ? 1 : 0;
    }
  }
  return heard;
}

}  // namespace

Heard listenFixed(const Network& network, double delay) {
  return listenOnTime(network, [=](std::size_t, const std::vector<double>&) { return delay; });
}

Heard listenOracle(const Network& network) {
  return listenOnTime(network, [](std::size_t index, const std::vector<double>& latenessMs) {
    constexpr std::size_t kSecond = 50;
    const auto from = latenessMs.begin() + static_cast<std::ptrdiff_t>(index / kSecond * kSecond);
    const auto to = latenessMs.begin() +
                    static_cast<std::ptrdiff_t>(std::min(latenessMs.size(), (index / kSecond + 1) * kSecond));
    return *std::max_element(from, to);
  });
}

Account settle(const std::vector<Heard>& all) {
  Heard sum;
  for (const Heard& heard : all) {
    sum.inventedMs += heard.inventedMs;
    sum.playedMs += heard.playedMs;
    sum.stretchedMs += heard.stretchedMs;
    sum.droppedPackets += heard.droppedPackets;
    sum.delaysMs.insert(sum.delaysMs.end(), heard.delaysMs.begin(), heard.delaysMs.end());
  }
  std::ranges::sort(sum.delaysMs);
  double delays = 0;
  for (const double delay : sum.delaysMs) delays += delay;
  const auto count = static_cast<double>(sum.delaysMs.size());
  if (sum.delaysMs.empty()) return {100, 100, 0, 0, 0};
  const double totalMs = sum.inventedMs + sum.playedMs;
  return {100 * sum.inventedMs / totalMs, 100 * sum.droppedPackets * kPacketMs / totalMs, delays / count,
          sum.delaysMs[static_cast<std::size_t>(count * 0.95)], 100 * sum.stretchedMs / totalMs};
}

}  // namespace oavc::bench
