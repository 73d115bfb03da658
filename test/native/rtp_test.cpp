#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <vector>

#include "rtp/packet.h"
#include "rtp/rtcp.h"
#include "rtp/sequence.h"
#include "rtp/telephone_event.h"

namespace oavc::rtp {
namespace {

TEST(Sequence, UnwrapsARandomWalk) {
  std::mt19937 random(1);
  std::int64_t truth = 65000;
  Unwrapper<std::uint16_t> unwrapper;
  std::int64_t offset = unwrapper.unwrap(static_cast<std::uint16_t>(truth)) - truth;
  for (int i = 0; i < 100000; ++i) {
    truth += static_cast<int>(random() % 400) - 100;
    EXPECT_EQ(unwrapper.unwrap(static_cast<std::uint16_t>(truth)), truth + offset);
  }
}

TEST(Sequence, DistanceIsSigned) {
  EXPECT_EQ(distance(std::uint16_t{65535}, std::uint16_t{1}), 2);
  EXPECT_EQ(distance(std::uint16_t{1}, std::uint16_t{65535}), -2);
  EXPECT_EQ(distance(std::uint32_t{0xFFFFFFFF}, std::uint32_t{0}), 1);
}

using Octets = std::vector<std::uint8_t>;

Octets packetWith(std::uint8_t first, const Octets& rest) {
  constexpr std::array<std::uint8_t, 11> kRestOfHeader{0x88, 0x12, 0x34, 0, 0, 0, 99, 0xDE, 0xAD, 0xBE, 0xEF};
  Octets datagram(1 + kRestOfHeader.size() + rest.size(), first);
  std::ranges::copy(kRestOfHeader, datagram.begin() + 1);
  std::ranges::copy(rest, datagram.begin() + 1 + kRestOfHeader.size());
  return datagram;
}

TEST(Packet, ReadsWhatItBuilt) {
  std::array<std::uint8_t, kHeaderBytes + 2> datagram{};
  datagram[12] = 7;
  build({101, true, 65535, 0xFFFFFFF0, 0x01020304}, datagram);
  const auto packet = parse(datagram);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payloadType, 101);
  EXPECT_TRUE(packet->marker);
  EXPECT_EQ(packet->sequence, 65535);
  EXPECT_EQ(packet->timestamp, 0xFFFFFFF0);
  EXPECT_EQ(packet->ssrc, 0x01020304U);
  EXPECT_EQ(packet->payload.size(), 2U);
}

TEST(Packet, FindsThePayload) {
  struct Row {
    const char* name;
    Octets datagram;
    int payload;  // length; -1 when refused
  };
  const std::vector<Row> rows{
      {"plain", packetWith(0x80, {1, 2, 3}), 3},
      {"no payload", packetWith(0x80, {}), 0},
      {"version 1", packetWith(0x40, {1}), -1},
      {"two CSRC", packetWith(0x82, {0, 0, 0, 1, 0, 0, 0, 2, 9}), 1},
      {"CSRC cut off", packetWith(0x82, {0, 0, 0, 1, 0, 0}), -1},
      {"extension", packetWith(0x90, {0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 9, 9}), 2},
      {"extension cut off", packetWith(0x90, {0xBE, 0xDE, 0, 9, 1, 2, 3, 4}), -1},
      {"extension header cut off", packetWith(0x90, {0xBE}), -1},
      {"padding", packetWith(0xA0, {1, 2, 3, 2}), 2},
      {"all padding", packetWith(0xA0, {0, 2}), 0},
      {"padding of nothing", packetWith(0xA0, {}), -1},
      {"padding 0", packetWith(0xA0, {1, 0}), -1},
      {"padding longer than all", packetWith(0xA0, {1, 200}), -1},
      {"too short", {0x80, 0, 1}, -1},
      {"empty", {}, -1},
      {"RTCP sender report", {0x80, 200, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, -1},
  };
  for (const auto& row : rows) {
    const auto packet = parse(row.datagram);
    EXPECT_EQ(packet ? static_cast<int>(packet->payload.size()) : -1, row.payload) << row.name;
  }
}

/// OAVC_FUZZ=10000000 makes the long proof of it, best with --sanitize address,undefined.
TEST(Packet, SurvivesRubbish) {
  const char* wanted = std::getenv("OAVC_FUZZ");
  const int inputs = wanted != nullptr ? std::atoi(wanted) : 300000;
  std::mt19937 random(5);
  std::uint64_t sum = 0;
  for (int i = 0; i < inputs; ++i) {
    Octets datagram(random() % 64);
    for (auto& octet : datagram) octet = static_cast<std::uint8_t>(random());
    if (!datagram.empty() && i % 2 == 0) datagram[0] = static_cast<std::uint8_t>(0x80 | (datagram[0] & 0x3F));
    if (datagram.size() > 3 && i % 4 == 0) {  // an RTCP packet whose length is nearly right
      datagram[1] = static_cast<std::uint8_t>(200 + random() % 5);
      datagram[2] = 0;
      datagram[3] = static_cast<std::uint8_t>(datagram.size() / 4 - random() % 3);
    }
    if (const auto packet = parse(datagram))
      for (const auto octet : packet->payload) sum += octet;
    if (const auto news = parseRtcp(datagram, 1); news && news->block) sum += news->block->jitter;
    if (const auto event = parseEvent(datagram)) sum += event->duration;
  }
  EXPECT_GT(sum, 0U);
}

TEST(Rtcp, ReadsWhatItBuilt) {
  RtcpReport report;
  report.ssrc = 7;
  report.cname = "somebody";
  report.sender = SenderInfo{0x1122334455667788, 9, 10, 11};
  ReportBlock block;
  block.ssrc = 5;
  block.fractionLost = 64;
  block.cumulativeLost = -3;
  block.highestSequence = 70000;
  block.jitter = 12;
  block.lastReport = 13;
  block.delaySinceLastReport = 14;
  report.block = block;
  report.bye = true;
  std::array<std::uint8_t, kMaxRtcpBytes> datagram{};
  const std::size_t length = buildRtcp(report, datagram);
  const auto news = parseRtcp(std::span(datagram).first(length), 5);
  ASSERT_TRUE(news && news->sender && news->block);
  EXPECT_EQ(news->senderSsrc, 7U);
  EXPECT_EQ(news->sender->ntp, 0x1122334455667788U);
  EXPECT_EQ(news->block->cumulativeLost, -3);
  EXPECT_EQ(news->block->fractionLost, 64);
  EXPECT_EQ(news->block->delaySinceLastReport, 14U);
  EXPECT_TRUE(news->bye);
  EXPECT_FALSE(parseRtcp(std::span(datagram).first(length - 1), 5));
  EXPECT_FALSE(parseRtcp(std::span(datagram).first(length), 6)->block);
}

TEST(Rtcp, KnowsTheRoundTrip) {
  ReportBlock block;
  EXPECT_FALSE(roundTripMs(block, 1000));
  block.lastReport = 0xB7052000;  // the example of RFC 3550 figure 2
  block.delaySinceLastReport = 0x00054000;
  EXPECT_NEAR(*roundTripMs(block, 0xB7108000), 6125, 1);
}

Header eventAt(std::uint32_t timestamp, std::uint32_t ssrc = 1) {
  return {101, false, 0, timestamp, ssrc};
}

TEST(TelephoneEvent, GivesEachDigitOnce) {
  EventReceiver receiver(8000);
  EXPECT_FALSE(receiver.receive({5, false, 10, 160}, eventAt(1000), 0));
  EXPECT_FALSE(receiver.receive({5, false, 10, 320}, eventAt(1000), 20));
  const auto digit = receiver.receive({5, true, 10, 800}, eventAt(1000), 60);
  ASSERT_TRUE(digit);
  EXPECT_EQ(digit->character, '5');
  EXPECT_EQ(digit->durationMs, 100U);
  EXPECT_FALSE(receiver.receive({5, true, 10, 800}, eventAt(1000), 60));
  EXPECT_FALSE(receiver.expire(1000));
  EXPECT_TRUE(receiver.receive({5, true, 10, 800}, eventAt(3000), 400));  // the same digit again
}

TEST(TelephoneEvent, ReportsADigitWhoseEndWasLost) {
  EventReceiver receiver(8000);
  receiver.receive({11, false, 10, 160}, eventAt(1000), 0);
  EXPECT_FALSE(receiver.expire(EventReceiver::kLostEndMs - 1));
  const auto digit = receiver.expire(EventReceiver::kLostEndMs);
  ASSERT_TRUE(digit);
  EXPECT_EQ(digit->character, '#');
  receiver.receive({1, false, 10, 160}, eventAt(5000), 1000);
  const auto before =
      receiver.receive({2, false, 10, 160}, eventAt(9000), 1050);  // the next one begins at once
  ASSERT_TRUE(before);
  EXPECT_EQ(before->character, '1');
}

TEST(TelephoneEvent, HearsAKeyOfASourceThatBeganAnew) {
  EventReceiver receiver(8000);
  ASSERT_TRUE(receiver.receive({5, true, 10, 800}, eventAt(900'000'000), 0));
  EXPECT_FALSE(receiver.receive({5, true, 10, 800}, eventAt(900'000'000 - 4000), 20)) << "a late repetition";
  EXPECT_TRUE(receiver.receive({5, true, 10, 800}, eventAt(900'000'000 - 4000, 2), 1000));
  EXPECT_TRUE(receiver.receive({5, true, 10, 800}, eventAt(1000, 2), 2000)) << "its clock was set back";
}

TEST(TelephoneEvent, AKeyThatIsHeldForLongIsOneDigit) {
  EventReceiver receiver(48000);
  std::uint32_t timestamp = 0xFFFFFF00;
  for (int segment = 0; segment < 3; ++segment, timestamp += 0xFFFF)
    for (const std::uint16_t duration : {960, 30000, 0xFFFF})
      EXPECT_FALSE(receiver.receive({5, false, 10, duration}, eventAt(timestamp), segment * 1365));
  EXPECT_FALSE(receiver.receive({5, false, 10, 0xFFFF}, eventAt(0xFFFFFF00), 2750))
      << "late, of the first segment";
  const auto digit = receiver.receive({5, true, 10, 4800}, eventAt(timestamp), 4195);
  ASSERT_TRUE(digit);
  EXPECT_NEAR(digit->durationMs, 3 * 1365.3 + 100, 1);
  EXPECT_FALSE(receiver.receive({5, true, 10, 4800}, eventAt(timestamp), 4195));
  const auto next = receiver.receive({5, true, 10, 4800}, eventAt(timestamp + 0xFFFF), 5560);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->durationMs, 100U);
}

TEST(TelephoneEvent, GoesOnInPlaceOfAnother) {
  EventReceiver before(8000), after(48000);
  ASSERT_TRUE(before.receive({5, true, 10, 800}, eventAt(1000), 0));
  before.receive({6, false, 10, 800}, eventAt(3000), 100);
  after.inherit(before);
  EXPECT_FALSE(after.receive({5, true, 10, 800}, eventAt(1000), 110));
  const auto digit = after.expire(400);
  ASSERT_TRUE(digit);
  EXPECT_EQ(digit->character, '6');
}

TEST(TelephoneEvent, SendsUpdatesAndThreeEnds) {
  EventSender sender;
  EXPECT_FALSE(sender.active());
  sender.begin(9, 500, 400);
  std::vector<std::uint16_t> durations;
  int ends = 0;
  while (sender.active()) {
    EXPECT_EQ(sender.first(), durations.empty());
    const auto event = sender.next(160);
    durations.push_back(event.duration);
    ends += event.end ? 1 : 0;
  }
  EXPECT_EQ(durations, (std::vector<std::uint16_t>{160, 320, 400, 400, 400}));
  EXPECT_EQ(ends, 3);
}

TEST(TelephoneEvent, KnowsItsSixteenDigits) {
  for (std::uint8_t event = 0; event < 16; ++event) EXPECT_EQ(eventOf(digitOf(event)), event);
  EXPECT_EQ(digitOf(16), '\0');
  EXPECT_FALSE(eventOf('x'));
}

}  // namespace
}  // namespace oavc::rtp
