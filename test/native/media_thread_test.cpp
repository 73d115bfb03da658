// The whole engine on the loopback, in real time and without Node. Waits for what must happen; a limit only
// ends a failure.
#include "engine/media_thread.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "audio/g711.h"
#include "engine/clock.h"
#include "tone.h"

namespace oavc::engine {
namespace {

struct alignas(16) Block {
  std::array<std::byte, 16> octets{};
};

struct CountingWaker : Waker {
  void wake(std::uint32_t id) noexcept override {
    if (id == 3) wakes.fetch_add(1, std::memory_order_relaxed);
  }
  std::atomic<int> wakes{0};
};

Endpoint loopback(std::uint16_t port) {
  return *parseEndpoint("127.0.0.1", port);
}

/// The memory and session of a call, and the telephone at its other end.
struct Call {
  explicit Call(std::uint16_t portMin = 41000, std::uint16_t portMax = 41999)
      : session({loopback(0),
                 portMin,
                 portMax,
                 heard.front().octets.data(),
                 spoken.front().octets.data(),
                 3,
                 {20, 200}}) {
    phone.bind(loopback(0));
  }
  StreamOptions stream(audio::Codec codec = audio::Codec::kPcmu) const {
    StreamOptions options;
    options.remote = loopback(phone.port());
    options.codec = codec;
    options.payloads = {codec == audio::Codec::kOpus ? 96 : 0, 101, 0, 13};
    return options;
  }
  void transmit(std::uint16_t sequence) {
    std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + 160);
    rtp::build({0, sequence == 0, sequence, sequence * 160U, 1}, datagram);
    audio::g711Encode(audio::Law::kMu, tone(400, 8000, 160, 8000, sequence * 160U),
                      std::span(datagram).subspan(rtp::kHeaderBytes));
    phone.send(loopback(session.rtpPort()), datagram);
  }
  std::uint32_t heardSamples() {
    return ring::cell(heard.front().octets.data(), ring::heard::kWrite).load(std::memory_order_acquire);
  }

  std::vector<Block> heard{ring::heard::kBytes / sizeof(Block) + 1};
  std::vector<Block> spoken{ring::spoken::kBytes / sizeof(Block) + 1};
  UdpSocket phone;
  Session session;
};

void waitFor(const std::function<bool()>& done) {
  const std::int64_t limitNs = monotonicNs() + 20'000'000'000;
  while (!done() && monotonicNs() < limitNs) sleepUntil(monotonicNs() + kNsPerMs);
  ASSERT_TRUE(done());
}

TEST(MediaThread, CarriesACallBothWays) {
  CountingWaker waker;
  MediaThread thread(false, waker);
  Call call;
  ASSERT_TRUE(thread.open(call.session));
  thread.start(call.session, call.session.makeStream(call.stream()));
  for (std::uint16_t i = 0; i < 60; ++i) {
    call.transmit(i);
    sleepUntil(monotonicNs() + 20 * kNsPerMs);
  }
  waitFor([&] { return call.session.counters().framesPlayed >= 55; });
  thread.closeAndWait(call.session);
  const auto counters = call.session.counters();
  EXPECT_EQ(counters.packetsReceived, 60U);
  EXPECT_GE(counters.packetsSent, 55U);
  EXPECT_EQ(counters.remote, loopback(call.phone.port()));
  EXPECT_GT(waker.wakes.load(), 50);
  const auto* samples = ring::samplesAt(call.heard.front().octets.data(), ring::heard::kSamples);
  EXPECT_GT(rms({samples + 16000 / 2, 16000 / 4}), 4000);
  ReceiveBatch batch;
  EXPECT_GT(call.phone.receive(batch), 0U);
  EXPECT_TRUE(rtp::parse(batch.at(0).octets)->marker);
}

/// With one wake a slot there would never be more wakes than ticks.
TEST(MediaThread, WakesAWorkerMoreThanOnceInASlotOfManyCalls) {
  CountingWaker waker;
  MediaThread thread(false, waker);
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 17 * MediaThread::kSlots; ++i) {
    calls.push_back(std::make_unique<Call>());
    Session& session = calls.back()->session;
    ASSERT_TRUE(thread.open(session));
    thread.start(session, session.makeStream(calls.back()->stream()));
  }
  waitFor([&] { return waker.wakes.load() > static_cast<std::int64_t>(thread.counters().ticks) + 20; });
  for (const auto& call : calls) thread.closeAndWait(call->session);
}

TEST(MediaThread, KeepsTimeInSilence) {
  CountingWaker waker;
  MediaThread thread(false, waker);
  Call call;
  thread.open(call.session);
  thread.settle();
  EXPECT_EQ(call.heardSamples(), 0U);
  thread.start(call.session, call.session.makeStream(call.stream(audio::Codec::kOpus)));
  waitFor([&] { return call.heardSamples() >= 10 * ring::heard::kFrameSamples; });
  thread.closeAndWait(call.session);
  EXPECT_EQ(call.heardSamples() % ring::heard::kFrameSamples, 0U);
}

TEST(MediaThread, ChangesTheCodecInMidCall) {
  CountingWaker waker;
  MediaThread thread(false, waker);
  Call call;
  thread.open(call.session);
  for (const auto codec : {audio::Codec::kPcmu, audio::Codec::kOpus, audio::Codec::kPcmu}) {
    const auto before = call.session.counters().packetsSent;
    thread.start(call.session, call.session.makeStream(call.stream(codec)));
    waitFor([&] { return call.session.counters().packetsSent > before + 3; });
    call.session.sweep();
  }
  thread.closeAndWait(call.session);
  ReceiveBatch batch;
  std::size_t received = 0;
  while (const std::size_t count = call.phone.receive(batch)) received += count;
  EXPECT_EQ(call.session.counters().packetsSent, received) << "each counted once";
}

/// A session without its thread: one tick each 20 ms of virtual time.
class Ticking {
 public:
  explicit Ticking(Call& call) : call_(call) {}
  void tick(std::int64_t wallStepNs = 0) {
    const Instant now{nowNs_, realtimeNs() + wallStepNs};
    TickContext context{
        .scheduledNs = nowNs_, .now = now, .stamped = watch_.steady(now), .batch = *batch_, .wakes = wakes_};
    call_.session.hearTick(context);
    call_.session.speakTick(context);
    nowNs_ += 20 * kNsPerMs;
  }
  void start(const StreamOptions& options) { call_.session.start(call_.session.makeStream(options), nowNs_); }
  SessionCounters end() {
    call_.session.finish({nowNs_, realtimeNs()});
    return call_.session.counters();
  }

 private:
  Call& call_;
  std::unique_ptr<ReceiveBatch> batch_ = std::make_unique<ReceiveBatch>();
  WakeSet wakes_;
  WallClockWatch watch_;
  std::int64_t nowNs_ = 1'000'000'000;
};

/// Hold, session refresh: what is in the jitter buffer is not thrown away.
TEST(Session, AReInviteWithTheSameCodecLosesNothingThatWasHeard) {
  Call call;
  Ticking ticking(call);
  StreamOptions options = call.stream();
  ticking.start(options);
  std::uint16_t sent = 0;
  while (sent < 6) call.transmit(sent++);  // held: they came all at once
  for (int i = 0; i < 3; ++i) ticking.tick();
  options.payloads = {0, -1, 0, -1};
  options.ptimeMs = 40;
  ticking.start(options);
  for (int i = 0; i < 40; ++i) {
    if (i < 20) call.transmit(sent++);
    ticking.tick();
  }
  EXPECT_EQ(ticking.end().framesPlayed, sent);
}

/// The kernel stamps packets by the wall clock.
TEST(Session, AStepOfTheWallClockDelaysNothing) {
  for (const std::int64_t stepMs : {-1000, 100, 1000}) {
    Call call;
    Ticking ticking(call);
    ticking.start(call.stream());
    for (std::uint16_t i = 0; i < 60; ++i) {
      call.transmit(i);
      ticking.tick(i == 30 ? stepMs * kNsPerMs : 0);
    }
    const SessionCounters counters = ticking.end();
    EXPECT_GT(counters.framesPlayed, 55U) << stepMs;
    EXPECT_EQ(counters.packetsLate, 0U) << stepMs;
    EXPECT_LT(counters.playoutDelayMs, 60) << stepMs;
  }
}

TEST(WakeSet, FiresTheNewerOfTwoIdsOfOnePlace) {
  struct Woken : Waker {
    void wake(std::uint32_t id) noexcept override { ids.push_back(id); }
    std::vector<std::uint32_t> ids;
  } woken;
  WakeSet set;
  for (const std::uint32_t id : {5U + kMaxWakes, 5U, 0U, 6U, 5U}) set.mark(id);
  set.fire(woken);
  set.mark(5);
  set.fire(woken);
  EXPECT_EQ(woken.ids, (std::vector<std::uint32_t>{5 + kMaxWakes, 6, 5}));
}

/// RFC 3605: not the port after that of RTP; an SDP that names nobody does not change it.
TEST(MediaThread, ReportsWhereTheSdpSays) {
  CountingWaker waker;
  MediaThread thread(false, waker);
  Call call;
  UdpSocket reports;
  reports.bind(loopback(0));
  thread.open(call.session);
  auto options = call.stream();
  options.remoteRtcpPort = reports.port();
  thread.start(call.session, call.session.makeStream(options));
  options.remote = *parseEndpoint("0.0.0.0", 9);
  thread.start(call.session, call.session.makeStream(options));
  thread.closeAndWait(call.session);  // says goodbye
  ReceiveBatch batch;
  std::size_t received = 0;
  waitFor([&] { return received > 0 || (received = reports.receive(batch)) > 0; });
  const auto news = rtp::parseRtcp(batch.at(0).octets, 0);
  ASSERT_TRUE(news);
  EXPECT_TRUE(news->bye);
}

std::size_t openDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// OAVC_CALLS=10000 makes the long proof of it; a few hundred calls are enough to fail.
TEST(MediaThread, GivesEverythingBack) {
  const char* calls = std::getenv("OAVC_CALLS");
  const int rounds = (calls != nullptr ? std::atoi(calls) : 320) / 8;
  const std::size_t descriptors = openDescriptors();
  CountingWaker waker;
  MediaThread thread(false, waker);
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::unique_ptr<Call>> calls;
    for (int i = 0; i < 8; ++i) {
      calls.push_back(std::make_unique<Call>(43000, 43017));
      ASSERT_TRUE(thread.open(calls.back()->session));
      thread.start(calls.back()->session, calls.back()->session.makeStream(calls.back()->stream()));
    }
    for (auto& call : calls) thread.closeAndWait(call->session);
  }
  EXPECT_EQ(thread.counters().sessions, 0U);
  EXPECT_EQ(openDescriptors(), descriptors);
}

TEST(Ports, RunOutWithAnErrorThatSaysSo) {
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(std::make_unique<Call>(44000, 44005));
  EXPECT_THROW(Call(44000, 44005), PortsExhausted);
  for (const auto& call : calls) EXPECT_EQ(call->session.rtpPort() % 2, 0);
  calls.pop_back();
  EXPECT_NO_THROW(Call(44000, 44005));
}

TEST(Ports, RestBeforeTheyAreUsedAgain) {
  const std::uint16_t first = Call(45000, 45999).session.rtpPort();
  EXPECT_NE(Call(45000, 45999).session.rtpPort(), first);
}

TEST(CommandQueue, TakesFromManyThreadsInOrder) {
  CommandQueue<std::pair<int, int>, 64> queue;
  constexpr int kThreads = 3, kEach = 20000;
  std::vector<std::thread> threads;
  for (int id = 0; id < kThreads; ++id)
    threads.emplace_back([&queue, id] {
      for (int i = 0; i < kEach;)
        if (queue.push({id, i}))
          ++i;
        else
          std::this_thread::yield();
    });
  std::array<int, kThreads> next{};
  for (int taken = 0; taken < kThreads * kEach;) {
    std::pair<int, int> item;
    if (!queue.pop(item)) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(item.second, next[static_cast<std::size_t>(item.first)]++);
    ++taken;
  }
  for (auto& thread : threads) thread.join();
}

TEST(Published, IsReadWhole) {
  struct Pair {
    std::array<std::uint64_t, 30> values{};
  };
  Published<Pair> published;
  published.publish({});
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= 50000; ++i) {
      Pair pair;
      pair.values.fill(i);
      published.publish(pair);
    }
  });
  std::uint64_t last = 0;
  while (last < 50000) {
    const Pair pair = published.read();
    for (const auto value : pair.values) ASSERT_EQ(value, pair.values[0]);
    ASSERT_GE(pair.values[0], last);
    last = pair.values[0];
  }
  writer.join();
}

}  // namespace
}  // namespace oavc::engine
