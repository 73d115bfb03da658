// No allocation while a call runs: its ticks, driven here by hand, may not reach malloc. Not under
// sanitizers, which have a malloc of their own.
#ifndef OAVC_SANITIZED

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "audio/g711.h"
#include "engine/clock.h"
#include "engine/session.h"
#include "tone.h"

extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* __libc_calloc(std::size_t count, std::size_t size);
extern "C" void* __libc_realloc(void* memory, std::size_t size);

namespace {
thread_local bool counting = false;
thread_local int allocations = 0;
}  // namespace

extern "C" void* malloc(std::size_t size) {
  if (counting) ++allocations;
  return __libc_malloc(size);
}
extern "C" void* calloc(std::size_t count, std::size_t size) {
  if (counting) ++allocations;
  return __libc_calloc(count, size);
}
extern "C" void* realloc(void* memory, std::size_t size) {
  if (counting) ++allocations;
  return __libc_realloc(memory, size);
}

namespace oavc::engine {
namespace {

constexpr std::int64_t kTickNs = 20 * kNsPerMs;

struct alignas(16) Block {
  std::array<std::byte, 16> octets{};
};

Endpoint loopback(std::uint16_t port) {
  return *parseEndpoint("127.0.0.1", port);
}

class Allocation : public testing::TestWithParam<audio::Codec> {
 protected:
  /// A supervisor who speaks every other second.
  void supervise(std::uint16_t tick) {
    const ring::Memory memory = supervisor_.front().octets.data();
    auto& samples = *ring::samplesAt(memory, ring::supervisor::kSamples);
    if (tick == 0) std::ranges::copy(tone(500, 8000, ring::supervisor::kCapacity), &samples);
    if (tick % 100 == 0) ring::cell(memory, ring::spoken::kWrite).fetch_add(8000);
  }
  /// Speech with a gap every ten packets, rubbish and a digit among it.
  void transmit(std::uint16_t sequence) {
    if (sequence % 10 == 9) return;
    std::array<std::uint8_t, 1500> datagram{};
    const bool event = sequence % 50 == 25;
    const auto type = static_cast<std::uint8_t>(event ? 101 : payloadType());
    rtp::build({type, sequence == 0, sequence, sequence * ticks(), 1}, datagram);
    const auto payload = std::span(datagram).subspan(rtp::kHeaderBytes);
    const std::size_t length = event ? 4 : encoder_->encode(tone(300, encoder_->rateHz(), frame()), payload);
    phone_.send(loopback(session_.rtpPort()), std::span(datagram).first(rtp::kHeaderBytes + length));
    phone_.send(loopback(session_.rtpPort()), std::span(datagram).first(7));
  }
  std::uint8_t payloadType() const { return GetParam() == audio::Codec::kPcmu ? 0 : 96; }
  std::uint32_t ticks() const { return static_cast<std::uint32_t>(audio::clockRateHz(GetParam()) / 50); }
  std::size_t frame() const { return static_cast<std::size_t>(encoder_->rateHz() / 50); }

  std::vector<Block> heard_{ring::heard::kBytes / sizeof(Block) + 1};
  std::vector<Block> spoken_{ring::spoken::kBytes / sizeof(Block) + 1};
  std::unique_ptr<audio::Encoder> encoder_ = audio::makeEncoder(GetParam());
  UdpSocket phone_;
  std::vector<Block> supervisor_{ring::supervisor::kBytes / sizeof(Block) + 1};
  Session session_{{loopback(0),
                    46000,
                    46999,
                    heard_.front().octets.data(),
                    spoken_.front().octets.data(),
                    1,
                    {},
                    false,
                    supervisor_.front().octets.data()}};
};

TEST_P(Allocation, NeverHappensInATick) {
  ASSERT_TRUE(phone_.bind(loopback(0)));
  StreamOptions options;
  options.remote = loopback(phone_.port());
  options.codec = GetParam();
  options.payloads = {payloadType(), 101, 0, 13};
  session_.start(session_.makeStream(options), 1);
  ReceiveBatch batch;
  WakeSet wakes;
  for (std::uint16_t i = 0; i < 500; ++i) {
    transmit(i);
    supervise(i);
    const std::int64_t nowNs = monotonicNs() + i * kTickNs;
    TickContext context{.scheduledNs = nowNs,
                        .now = {nowNs, realtimeNs()},
                        .behind = i % 100 == 99,
                        .batch = batch,
                        .wakes = wakes};
    if (i % 70 == 0) session_.addDigit('5', 100);
    counting = true;
    session_.hearTick(context);
    session_.speakTick(context);
    counting = false;
  }
  EXPECT_EQ(allocations, 0);
  EXPECT_GT(session_.counters().framesPlayed, 400U);
  counting = true;
  std::free(std::malloc(64));
  counting = false;
  EXPECT_EQ(allocations, 1) << "the counter counts";
  allocations = 0;
}

INSTANTIATE_TEST_SUITE_P(Codecs, Allocation,
                         testing::Values(audio::Codec::kPcmu, audio::Codec::kPcma, audio::Codec::kOpus,
                                         audio::Codec::kL16));

}  // namespace
}  // namespace oavc::engine

#endif
