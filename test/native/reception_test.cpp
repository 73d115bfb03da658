#include "rtp/reception.h"

#include <gtest/gtest.h>

namespace oavc::rtp {
namespace {

using Verdict = Reception::Verdict;
constexpr std::int64_t kMs = 1'000'000;

Header packet(std::uint16_t sequence, std::uint32_t ssrc = 1) {
  return {0, false, sequence, std::uint32_t{sequence} * 160, ssrc};
}

TEST(Reception, CountsLossOverAWrap) {
  Reception reception(8000);
  EXPECT_EQ(reception.receive(packet(65530), 0), Verdict::kRestarted);
  for (int i = 1; i < 20; ++i) {
    if (i % 5 == 0) continue;
    EXPECT_EQ(reception.receive(packet(static_cast<std::uint16_t>(65530 + i)), i * 20 * kMs),
              Verdict::kAccepted);
  }
  EXPECT_EQ(reception.lost(), 3);
  const auto report = reception.report();
  EXPECT_EQ(report.cumulativeLost, 3);
  EXPECT_EQ(report.fractionLost, 3 * 256 / 20);
  EXPECT_EQ(report.highestSequence, 65530U + 19);
  EXPECT_EQ(reception.report().fractionLost, 0);
}

TEST(Reception, ForgivesReorderingAndDuplicates) {
  Reception reception(8000);
  for (const int sequence : {1, 2, 4, 3, 3, 5})
    reception.receive(packet(static_cast<std::uint16_t>(sequence)), 0);
  EXPECT_EQ(reception.lost(), 0);
  EXPECT_EQ(reception.report().cumulativeLost, -1);
}

TEST(Reception, AnEventSaysNothingOfJitter) {
  Reception reception(8000);
  for (int i = 0; i < 20; ++i) {
    Header header = packet(static_cast<std::uint16_t>(i));
    const bool event = i >= 10 && i < 16;
    if (event) header.timestamp = 10 * 160;
    reception.receive(header, i * 20 * kMs, !event);
  }
  EXPECT_LT(reception.jitterMs(), 0.1);
}

TEST(Reception, ASteadyStreamHasNoJitter) {
  Reception reception(8000);
  for (int i = 0; i < 100; ++i) reception.receive(packet(static_cast<std::uint16_t>(i)), i * 20 * kMs);
  EXPECT_LT(reception.jitterMs(), 0.2);
}

TEST(Reception, ConvergesToTheMeanDeviation) {
  Reception reception(8000);
  for (int i = 0; i < 500; ++i)
    reception.receive(packet(static_cast<std::uint16_t>(i)), (i * 20 + (i % 2) * 10) * kMs);
  EXPECT_NEAR(reception.jitterMs(), 10, 0.5);
}

TEST(Reception, AClockThatIsSetIsNoJitter) {
  Reception reception(8000);
  for (int i = 0; i < 100; ++i) {
    Header header = packet(static_cast<std::uint16_t>(i));
    if (i >= 50) header.timestamp += 1'000'000;
    reception.receive(header, i * 20 * kMs);
  }
  EXPECT_LT(reception.jitterMs(), 0.2);
}

TEST(Reception, BelievesANewSourceAtItsSecondPacket) {
  Reception reception(8000);
  reception.receive(packet(10), 0);
  EXPECT_EQ(reception.receive(packet(500, 2), 0), Verdict::kDoubtful);
  EXPECT_EQ(reception.receive(packet(11), 0), Verdict::kAccepted);
  EXPECT_EQ(reception.receive(packet(501, 2), 0), Verdict::kDoubtful);  // the run was broken
  EXPECT_EQ(reception.receive(packet(502, 2), 0), Verdict::kRestarted);
  EXPECT_EQ(reception.ssrcChanges(), 1U);
  EXPECT_EQ(reception.ssrc(), 2U);
}

TEST(Reception, BelievesAJumpAtItsSecondPacket) {
  Reception reception(8000);
  reception.receive(packet(10), 0);
  EXPECT_EQ(reception.receive(packet(20000), 0), Verdict::kDoubtful);
  EXPECT_EQ(reception.receive(packet(20001), 0), Verdict::kRestarted);
  EXPECT_EQ(reception.ssrcChanges(), 0U);
  EXPECT_EQ(reception.lost(), 0);
}

}  // namespace
}  // namespace oavc::rtp
