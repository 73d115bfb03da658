#include <gtest/gtest.h>

#include <random>

#include "jitter/packet_store.h"
#include "network.h"

namespace oavc::jitter {
namespace {

using Put = PacketStore::Put;

TEST(PacketStore, OrdersAndTellsLateFromDuplicate) {
  PacketStore store;
  const std::array<std::uint8_t, 1> payload{1};
  for (const int sequence : {12, 10, 11}) EXPECT_EQ(store.put(sequence, 0, 0, payload), Put::kStored);
  EXPECT_EQ(store.put(11, 0, 0, payload), Put::kDuplicate);
  EXPECT_EQ(store.first()->sequence, 10);
  store.skipTo(11);
  store.skipTo(14);  // 13 never came
  EXPECT_EQ(store.first(), nullptr);
  EXPECT_EQ(store.put(12, 0, 0, payload), Put::kDuplicate);
  EXPECT_EQ(store.put(13, 0, 0, payload), Put::kLate);
  EXPECT_EQ(store.put(14, 0, 0, payload), Put::kStored);
  EXPECT_EQ(store.put(14 + PacketStore::kSlots, 0, 0, payload), Put::kTooFar);
  const std::vector<std::uint8_t> large(kMaxPayloadBytes + 1);
  EXPECT_EQ(store.put(15, 0, 0, large), Put::kTooLong);
}

TEST(PacketStore, SurvivesARandomWalk) {
  std::mt19937 random(11);
  PacketStore store;
  std::int64_t newest = 0, taken = -1000;
  const std::array<std::uint8_t, 1> payload{1};
  for (int i = 0; i < 200000; ++i) {
    const std::int64_t sequence = newest + static_cast<int>(random() % 40) - 15;
    newest = std::max(newest, sequence);
    if (store.put(sequence, 0, 0, payload) == Put::kTooFar) {
      store.clear();
      taken = sequence - 1000;
    }
    if (random() % 2 != 0) continue;
    const StoredPacket* first = store.first();
    ASSERT_EQ(first == nullptr, store.size() == 0);
    if (first == nullptr) continue;
    ASSERT_GT(first->sequence, taken);
    taken = first->sequence;
    store.skipTo(taken + 1 + (random() % 8 == 0 ? random() % 5 : 0));
  }
}

class Networks : public testing::Test {
 protected:
  Account play(const Trace& trace, const Listening& how = {}) { return listen(trace, buffer_, how); }
  JitterBuffer buffer_{8000, Limits{20, 400}};
  std::mt19937 random_{42};
};

TEST_F(Networks, CleanOneConcealsNothing) {
  const auto account = play(makeTrace(1500, [](int) { return 10.0; }));
  EXPECT_EQ(account.concealedFrames, 0);
  EXPECT_EQ(account.played, 1500);
  EXPECT_LT(account.meanDelayMs, 45);
  EXPECT_TRUE(account.inOrder);
}

TEST_F(Networks, SequenceAndTimestampWrap) {
  const auto account = play(makeTrace(1500, [](int) { return 10.0; }), {65000, 0xFFFFF000, {}});
  EXPECT_EQ(account.concealedFrames, 0);
  EXPECT_EQ(account.played, 1500);
}

TEST_F(Networks, SingleLossesCostOneFrameEach) {
  const auto account = play(makeTrace(1500, [](int i) { return i % 50 == 49 ? -1.0 : 10.0; }));
  EXPECT_NEAR(account.concealedFrames, 30, 2);
  EXPECT_EQ(account.played, 1470);
  EXPECT_EQ(buffer_.counts().late, 0U);
}

TEST_F(Networks, ReorderingIsPutRight) {
  const auto account = play(makeTrace(1500, [](int i) { return i % 10 == 5 ? 35.0 : 10.0; }));
  EXPECT_TRUE(account.inOrder);
  EXPECT_GT(account.played, 1490);
  EXPECT_GT(buffer_.counts().reordered, 100U);
  EXPECT_LT(account.concealedFrames, 15);
}

TEST_F(Networks, DuplicatesAreCountedAndNotPlayed) {
  Trace trace = makeTrace(500, [](int) { return 10.0; });
  const auto once = trace.packets;
  for (const auto& packet : once) trace.packets.push_back({packet.index, packet.arrivalNs + 5 * kNsPerMs});
  trace.sort();
  const auto account = play(trace);
  EXPECT_EQ(account.played, 500);
  EXPECT_EQ(buffer_.counts().duplicate, 500U);
  EXPECT_EQ(buffer_.counts().late, 0U);
}

TEST_F(Networks, JitterIsCoveredByDelay) {
  std::exponential_distribution<double> jitter(1 / 15.0);
  const auto account = play(makeTrace(3000, [&](int) { return 10 + jitter(random_); }));
  EXPECT_LT(account.concealedFrames, 3000 * 0.03);
  EXPECT_LT(account.meanDelayMs, 110);
  EXPECT_TRUE(account.inOrder);
}

TEST_F(Networks, CalmBringsTheDelayBack) {
  std::uniform_real_distribution<double> jitter(0, 120);
  const auto account = play(makeTrace(4000, [&](int i) { return i < 1000 ? 10 + jitter(random_) : 10.0; }));
  EXPECT_LT(account.lastDelayMs, 45);
}

TEST_F(Networks, ABurstAfterAStallIsPlayedNotDropped) {
  const auto account =
      play(makeTrace(1500, [](int i) { return i >= 500 && i < 510 ? 10.0 + (510 - i) * 20 : 10.0; }));
  EXPECT_GT(account.played, 1495);
  EXPECT_LT(account.concealedFrames + account.rests, 14);
  EXPECT_LT(account.lastDelayMs, 60);
}

TEST_F(Networks, DriftOfEitherSignIsFollowed) {
  for (const double ppm : {-200.0, 200.0}) {
    JitterBuffer buffer(8000, Limits{20, 400});
    const auto account = listen(makeTrace(
                                    30000, [](int) { return 10.0; }, ppm),
                                buffer);  // ten minutes
    EXPECT_LT(account.concealedFrames, 10) << ppm;
    EXPECT_GT(account.played, 29990) << ppm;
    EXPECT_LT(account.lastDelayMs, 60) << ppm;
  }
}

TEST_F(Networks, ARouteChangeIsAdoptedBothWays) {
  const auto account = play(makeTrace(4000, [](int i) { return i > 1000 && i < 2000 ? 90.0 : 10.0; }));
  EXPECT_LT(account.concealedFrames, 15);
  EXPECT_LT(account.lastDelayMs, 60);
  EXPECT_GT(account.played, 3990);
}

/// The first packets of the shorter route queue behind the last of the longer.
TEST_F(Networks, AShorterRouteLeavesNoDelayWhereNoPacketOvertakes) {
  std::exponential_distribution<double> jitter(0.5);
  double lastMs = 0;
  const auto account = play(makeTrace(2400, [&](int i) {
    const double sentMs = i * 20.0;
    lastMs = std::max(lastMs, sentMs + jitter(random_) + (i > 1000 && i < 2200 ? 90 : 10));
    return lastMs - sentMs;
  }));  // four seconds after the second step
  EXPECT_LT(account.concealedFrames, 15);
  EXPECT_LT(account.lastDelayMs, 60);
}

TEST_F(Networks, ALongOutageEndsInRestAndPlayGoesOn) {
  const auto account = play(makeTrace(1000, [](int i) { return i > 400 && i < 600 ? -1.0 : 10.0; }));
  EXPECT_LT(account.concealedFrames, 10);
  EXPECT_GT(account.rests, 150);
  EXPECT_GT(account.played, 795);
}

/// The first ones come all at once, and of the fastest packets of before none is remembered.
TEST_F(Networks, ABurstAfterALongSilenceLeavesNoDelay) {
  const auto afterSilence = [](int packets) {
    JitterBuffer buffer(8000, Limits{20, 400});
    return listen(makeTrace(700,
                            [=](int i) {
                              if (i >= 300 && i < 550) return -1.0;
                              return 10 + (i < 550 ? 0 : 20.0 * std::max(0, 550 + packets - i));
                            }),
                  buffer)
        .lastDelayMs;
  };
  for (const int packets : {1, 2, 4, 8}) EXPECT_LT(afterSilence(packets), 45) << packets;
}

TEST_F(Networks, APauseOfTheSenderIsNotALoss) {
  Trace trace = makeTrace(400, [](int) { return 10.0; });
  std::vector<SentPacket> kept;
  for (const auto& packet : trace.packets) kept.push_back(packet);
  // DTX: sequence goes on, timestamps jump. Every fourth packet only, over the middle.
  std::uint16_t sequence = 0;
  std::size_t next = 0;
  int rests = 0, concealed = 0, played = 0;
  for (std::int64_t nowNs = 1000 * kNsPerMs; nowNs < 9500 * kNsPerMs; nowNs += 20 * kNsPerMs) {
    for (; next < kept.size() && kept[next].arrivalNs <= nowNs; ++next) {
      if (kept[next].index > 100 && kept[next].index < 300 && kept[next].index % 20 != 0) continue;
      const std::array<std::uint8_t, 160> payload{};
      rtp::Packet packet;
      packet.sequence = sequence++;
      packet.timestamp = static_cast<std::uint32_t>(kept[next].index * 160);
      packet.payload = payload;
      buffer_.put(packet, kept[next].arrivalNs, true);
    }
    const auto decision = buffer_.next(nowNs);
    if (decision.action == Action::kPlay) {
      buffer_.played(*decision.packet, 160);
      ++played;
    } else if (decision.action == Action::kRest) {
      ++rests;
    } else {
      buffer_.concealed(160);
      ++concealed;
    }
  }
  EXPECT_EQ(played, 210);
  EXPECT_LT(concealed, 80);  // a few at the head of each pause, while the next packet may only be late
  EXPECT_GT(rests, 100);
}

TEST_F(Networks, RandomOnesNeverBreakTheOrder) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    JitterBuffer buffer(8000, Limits{0, 300});
    double level = 10;
    const auto trace = makeTrace(2000, [&](int) {
      if (random() % 300 == 0) level = static_cast<double>(random() % 400);
      if (random() % 10 == 0) return -1.0;
      return level + static_cast<double>(random() % 60);
    });
    const auto account = listen(trace, buffer);
    EXPECT_TRUE(account.inOrder) << seed;
    const auto& counts = buffer.counts();
    EXPECT_EQ(account.played + counts.late + counts.skipped, trace.packets.size()) << seed;
  }
}

/// One moment of a playout that plays packets of 20 ms.
class Stretching : public testing::Test {
 protected:
  void SetUp() override { playout_.decide({.head = &packet_}); }
  Stretch at(const Moment& moment) {
    playout_.played(packet_, 160);
    packet_.ticks += 160;
    Moment next = moment;
    next.head = &packet_;
    return playout_.decide(next).stretch;
  }
  int shortened(const Moment& moment) {
    int count = 0;
    for (int frame = 0; frame < 10; ++frame) count += at(moment) == Stretch::kShorten ? 1 : 0;
    return count;
  }
  Playout playout_{8000};
  StoredPacket packet_{};
};

TEST_F(Stretching, ATickOfExcessIsTakenOutOfEverySecondFrame) {
  EXPECT_EQ(shortened({.delayMs = 49, .newestDelayMs = 9, .targetMs = 30, .usualMs = 10}), 0);
  EXPECT_EQ(shortened({.delayMs = 51, .newestDelayMs = 11, .targetMs = 30, .usualMs = 10}), 5);
  EXPECT_EQ(shortened({.delayMs = 95, .newestDelayMs = 15, .targetMs = 30, .usualMs = 10}), 10);
}

TEST_F(Stretching, WhatIsDecodedAheadIsTakenOutAsFarAsNoPacketGetsLessTime) {
  const Moment moment{.delayMs = 40, .newestDelayMs = 0, .targetMs = 30, .usualMs = 10};
  Moment ahead = moment;
  ahead.aheadMs = 9;
  EXPECT_EQ(shortened(ahead), 0);
  ahead.aheadMs = 11;
  EXPECT_EQ(shortened(ahead), 5);
}

TEST_F(Stretching, AnOverduePacketIsBoughtTimeWhileLittleIsHeld) {
  const Moment overdue{.delayMs = 75, .newestDelayMs = 35, .targetMs = 50, .usualMs = 10};
  EXPECT_EQ(at(overdue), Stretch::kLengthen);
  EXPECT_EQ(at(overdue), Stretch::kLengthen);
  const Moment come{.delayMs = 75, .newestDelayMs = 15, .targetMs = 50, .usualMs = 10};
  for (int frame = 0; frame < 4; ++frame) EXPECT_EQ(at(come), Stretch::kNone);  // more may be late
  EXPECT_EQ(at(come), Stretch::kShorten);
  EXPECT_NE(at({.delayMs = 115, .newestDelayMs = 35, .targetMs = 100, .usualMs = 10}), Stretch::kLengthen);
}

/// Its timestamp stands still however long the key is held.
TEST(JitterBuffer, ATelephoneEventMakesNoPacketOverdue) {
  JitterBuffer buffer(8000, Limits{20, 400});
  const std::array<std::uint8_t, 160> payload{};
  int lengthened = 0;
  for (std::int64_t i = 0; i < 200; ++i) {
    const std::int64_t nowNs = i * 20 * kNsPerMs;
    const auto put = [&](std::int64_t sequence, std::int64_t index, bool audio) {
      rtp::Packet packet;
      packet.sequence = static_cast<std::uint16_t>(sequence);
      packet.timestamp = static_cast<std::uint32_t>(index * 160);
      packet.payload = payload;
      buffer.put(packet, nowNs, audio);
    };
    put(2 * i, i, true);
    if (i >= 100) put(2 * i + 1, 100, false);  // a key is held
    const auto decision = buffer.next(nowNs);
    if (decision.action != Action::kPlay) continue;
    buffer.played(*decision.packet, 160);
    lengthened += decision.stretch == Stretch::kLengthen ? 1 : 0;
  }
  EXPECT_LT(lengthened, 5);
}

TEST(JitterBuffer, StartsAnewAfterAReset) {
  JitterBuffer buffer(8000, Limits{20, 400});
  listen(makeTrace(200, [](int) { return 10.0; }), buffer, {100, 5000, {}});
  buffer.reset();
  const auto account = listen(makeTrace(200, [](int) { return 10.0; }), buffer, {40000, 0x80000000, {}});
  EXPECT_EQ(account.played, 200);
  EXPECT_EQ(account.concealedFrames, 0);
}

/// Another source behind the same SSRC: the sequence goes on, the time begins earlier.
TEST(JitterBuffer, ASendersTimeThatIsTurnedBackDelaysNothing) {
  for (const std::int64_t backMs : {60, 400, 1000, 1900}) {
    JitterBuffer buffer(8000, Limits{20, 200});
    const std::array<std::uint8_t, 160> payload{};
    int played = 0, stretched = 0;
    for (std::int64_t i = 0; i < 200; ++i) {
      rtp::Packet packet;
      packet.sequence = static_cast<std::uint16_t>(i);
      packet.timestamp = static_cast<std::uint32_t>(100'000 + i * 160 - (i < 100 ? 0 : backMs * 8));
      packet.payload = payload;
      buffer.put(packet, i * 20 * kNsPerMs, true);
      const auto decision = buffer.next(i * 20 * kNsPerMs + 5 * kNsPerMs);
      if (decision.action != Action::kPlay) continue;
      buffer.played(*decision.packet, 160);
      ++played;
      stretched += decision.stretch == Stretch::kNone ? 0 : 1;
    }
    EXPECT_LE(stretched, 1) << backMs;
    EXPECT_GT(played, 195) << backMs;
    EXPECT_EQ(buffer.counts().skipped, 0U) << backMs;
    EXPECT_LT(buffer.playoutDelayMs(), 60) << backMs;
  }
}

TEST(JitterBuffer, SurvivesATimestampJump) {
  JitterBuffer buffer(8000, Limits{20, 400});
  listen(makeTrace(200, [](int) { return 10.0; }), buffer);
  const auto account = listen(makeTrace(200, [](int) { return 10.0; }), buffer, {200, 0x40000000, {}});
  EXPECT_GE(account.played, 195);
  EXPECT_LT(account.lastDelayMs, 60);
}

}  // namespace
}  // namespace oavc::jitter
