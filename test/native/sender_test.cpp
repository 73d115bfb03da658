#include "engine/sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "audio/g711.h"
#include "tone.h"

namespace oavc::engine {
namespace {

struct Wire : PacketSink {
  void send(std::span<const std::uint8_t> datagram) noexcept override {
    datagrams.emplace_back(datagram.begin(), datagram.end());
  }
  std::vector<std::vector<std::uint8_t>> datagrams;
};

struct alignas(16) Block {
  std::array<std::byte, 16> octets{};
};

SenderOptions alaw(int ptimeMs = 20, int telephoneEventType = -1) {
  SenderOptions options;
  options.codec = audio::Codec::kPcma;
  options.payloadType = 8;
  options.telephoneEventType = telephoneEventType;
  options.ptimeMs = ptimeMs;
  return options;
}

class Sending : public testing::Test {
 protected:
  void say(const std::vector<std::int16_t>& samples) {
    std::ranges::copy(samples, ring::samplesAt(memory(), ring::spoken::kSamples) + written_);
    written_ += static_cast<std::uint32_t>(samples.size());
    ring::cell(memory(), ring::spoken::kWrite).store(written_);
  }
  ring::Memory memory() { return blocks_.front().octets.data(); }
  std::vector<std::int16_t> decoded() {
    std::vector<std::int16_t> samples;
    for (const auto& datagram : wire_.datagrams) {
      const auto packet = rtp::parse(datagram);
      std::vector<std::int16_t> part(packet->payload.size());
      audio::g711Decode(audio::Law::kA, packet->payload, part);
      samples.insert(samples.end(), part.begin(), part.end());
    }
    return samples;
  }
  void startAnew() {
    std::ranges::fill(blocks_, Block{});
    written_ = 0;
    spoken_ = ring::SpokenReader(memory());
    wire_.datagrams.clear();
  }
  std::vector<Block> blocks_{ring::spoken::kBytes / sizeof(Block) + 1};
  std::uint32_t written_ = 0;
  ring::SpokenReader spoken_{blocks_.front().octets.data()};
  Wire wire_;
};

TEST_F(Sending, NumbersItsPacketsOnAndOn) {
  Sender sender(alaw(), {5, 65534, 0xFFFFFF00});
  for (int i = 0; i < 5; ++i) sender.tick(spoken_, 1, 0, wire_);
  ASSERT_EQ(wire_.datagrams.size(), 5U);
  for (std::uint16_t i = 0; i < 5; ++i) {
    const auto packet = rtp::parse(wire_.datagrams[i]);
    EXPECT_EQ(packet->sequence, static_cast<std::uint16_t>(65534 + i));
    EXPECT_EQ(packet->timestamp, 0xFFFFFF00 + i * 160U);
    EXPECT_EQ(packet->payloadType, 8);
    EXPECT_EQ(packet->marker, i == 0);
    EXPECT_EQ(packet->payload.size(), 160U);
    EXPECT_EQ(packet->payload[0], audio::g711Silence(audio::Law::kA));
  }
}

TEST_F(Sending, HonoursThePtime) {
  for (const int ptimeMs : {10, 20, 30, 40, 50, 60}) {
    Wire wire;
    Sender sender(alaw(ptimeMs), {});
    for (int i = 0; i < 30; ++i) sender.tick(spoken_, 1, 0, wire);
    EXPECT_EQ(wire.datagrams.size(), 600U / static_cast<unsigned>(ptimeMs)) << ptimeMs;
    EXPECT_EQ(wire.datagrams[0].size(), rtp::kHeaderBytes + static_cast<unsigned>(ptimeMs) * 8) << ptimeMs;
    EXPECT_EQ(rtp::parse(wire.datagrams[1])->timestamp, static_cast<unsigned>(ptimeMs) * 8) << ptimeMs;
  }
}

TEST_F(Sending, SaysWhatIsInTheRing) {
  Sender sender(alaw(), {});
  say(tone(400, 8000, 8000));
  for (int i = 0; i < 50; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_GT(fitTone(std::span<const std::int16_t>(decoded()).subspan(800, 6400), 400, 8000).snrDb, 30);
  EXPECT_EQ(ring::cell(memory(), ring::spoken::kPlayed).load(), 8000U);
}

TEST_F(Sending, BringsTheRingToTheRateOfTheCodec) {
  SenderOptions options;
  options.codec = audio::Codec::kL16;
  options.payloadType = 97;
  options.lineRateHz = 24000;
  Sender sender(options, {});
  say(tone(400, 24000, 24000));
  for (int i = 0; i < 50; ++i) sender.tick(spoken_, 1, 0, wire_);
  std::vector<std::int16_t> heard;
  for (const auto& datagram : wire_.datagrams) {
    const auto payload = rtp::parse(datagram)->payload;
    ASSERT_EQ(payload.size(), 640U);
    for (std::size_t i = 0; i < payload.size(); i += 2)  // most significant octet first
      heard.push_back(static_cast<std::int16_t>(payload[i] << 8 | payload[i + 1]));
  }
  EXPECT_GT(fitTone(std::span<const std::int16_t>(heard).subspan(1600, 12800), 400, 16000).snrDb, 60);
  EXPECT_EQ(rtp::parse(wire_.datagrams[1])->timestamp, 320U);
  EXPECT_EQ(ring::cell(memory(), ring::spoken::kPlayed).load(), 24000U) << "counted in samples of the ring";
}

TEST_F(Sending, CutsL16ToWhatIsNotFragmented) {
  SenderOptions options;
  options.codec = audio::Codec::kL16;
  options.ptimeMs = 60;
  Sender sender(options, {});
  for (int i = 0; i < 2; ++i) sender.tick(spoken_, 1, 0, wire_);
  ASSERT_EQ(wire_.datagrams.size(), 1U);
  EXPECT_EQ(wire_.datagrams[0].size(), rtp::kHeaderBytes + 1280);
}

TEST_F(Sending, RisesFromSilenceInPlaceOfAnother) {
  Sender sender(alaw(), {});
  Sender before(alaw(), {5, 100, 1000});
  sender.adopt(before);
  say(std::vector<std::int16_t>(1600, 8000));
  for (int i = 0; i < 5; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_EQ(rtp::parse(wire_.datagrams[0])->sequence, 100);
  EXPECT_LT(largestStep(decoded()), 1100);
  EXPECT_NEAR(decoded()[700], 8000, 200);
}

/// A re-INVITE with another ptime, in mid-speech: the wave goes on, and nothing that was read is lost.
TEST_F(Sending, GoesOnInMidSpeechWithAnotherPtime) {
  for (const auto& [from, to] : {std::pair{20, 60}, {60, 20}, {40, 10}}) {
    startAnew();
    Sender before(alaw(from), {5, 100, 1000}), sender(alaw(to), {});
    const auto speech = tone(200, 8000, 8000);
    say(speech);
    for (int i = 0; i < 7; ++i) before.tick(spoken_, 1, 0, wire_);
    sender.adopt(before);
    for (int i = 0; i < 9; ++i) sender.tick(spoken_, 1, 0, wire_);
    const auto heard = decoded();
    ASSERT_EQ(heard.size(), 16 * 160U) << from << " to " << to;
    for (std::size_t i = 160; i < heard.size(); ++i)
      EXPECT_NEAR(heard[i], speech[i], 300) << from << " at " << i;
    EXPECT_EQ(ring::cell(memory(), ring::spoken::kPlayed).load(), heard.size());
    EXPECT_EQ(sender.octets(), heard.size()) << "what a sender report says goes on";
    for (std::size_t i = 1; i < wire_.datagrams.size(); ++i)
      EXPECT_EQ(
          rtp::parse(wire_.datagrams[i])->timestamp,
          rtp::parse(wire_.datagrams[i - 1])->timestamp + rtp::parse(wire_.datagrams[i - 1])->payload.size());
  }
}

/// In the middle of a packet, in mid-speech: what was read for it is sent by the other codec.
TEST_F(Sending, AnotherCodecBeginsWithoutAClick) {
  SenderOptions options = alaw();
  options.codec = audio::Codec::kL16;
  options.lineRateHz = 8000;
  Sender before(alaw(60), {}), sender(options, {});
  say(tone(200, 8000, 8000));
  for (int i = 0; i < 8; ++i) before.tick(spoken_, 1, 0, wire_);
  wire_.datagrams.clear();
  sender.adopt(before);
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
  std::vector<std::int16_t> heard;
  for (const auto& datagram : wire_.datagrams)
    for (std::size_t k = rtp::kHeaderBytes; k < datagram.size(); k += 2)
      heard.push_back(static_cast<std::int16_t>(datagram[k] << 8 | datagram[k + 1]));
  EXPECT_EQ(heard.size(), 12 * 320U) << "40 ms had been read";
  EXPECT_LT(largestStep(heard), 1000);
}

TEST_F(Sending, SendsNothingInSilenceWhereTheConfigurationSaysSo) {
  SenderOptions options;
  options.codec = audio::Codec::kOpus;
  options.opus.dtx = true;
  Sender sender(options, {});
  say(tone(300, 24000, 24000));
  for (int i = 0; i < 50; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_GT(wire_.datagrams.size(), 40U);
  for (int i = 0; i < 100; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_LT(wire_.datagrams.size(), 90U);
  say(tone(300, 24000, 24000));
  const std::size_t before = wire_.datagrams.size();
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_GE(wire_.datagrams.size(), before + 9);
  const auto last = rtp::parse(wire_.datagrams.back());
  EXPECT_EQ(last->timestamp, 159U * 960);
  EXPECT_EQ(last->sequence, wire_.datagrams.size() - 1) << "what was not sent took no number";
}

TEST_F(Sending, ChangesLoudnessWithoutAClick) {
  Sender sender(alaw(), {});
  say(std::vector<std::int16_t>(16000, 8000));
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 2, 0, wire_);
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 0, 0, wire_);
  const auto heard = decoded();
  EXPECT_NEAR(heard[19 * 160], 16000, 600);
  EXPECT_NEAR(heard[29 * 160], 0, 16);
  EXPECT_LT(largestStep(std::span(heard).subspan(200)), 1100);  // the largest quantum of the law is 1024
  EXPECT_EQ(spoken_.position(), 30 * 160U) << "muted speech is consumed";
}

TEST_F(Sending, SaturatesInsteadOfWrapping) {
  Sender sender(alaw(), {});
  say(std::vector<std::int16_t>(8000, 30000));
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 2, 0, wire_);
  const auto heard = decoded();
  for (const auto sample : heard) EXPECT_GE(sample, -16);
}

TEST_F(Sending, SkippedTimeShowsInTheTimestampOnly) {
  Sender sender(alaw(), {});
  sender.tick(spoken_, 1, 0, wire_);
  sender.skip();
  sender.skip();
  sender.tick(spoken_, 1, 0, wire_);
  const auto packet = rtp::parse(wire_.datagrams[1]);
  EXPECT_EQ(packet->sequence, 1);
  EXPECT_EQ(packet->timestamp, 3 * 160U);
  EXPECT_TRUE(packet->marker);
}

/// What of the telephone events is on the wire, in order.
struct SentEvent {
  int index = 0;  // of its packet
  rtp::Packet packet;
  rtp::TelephoneEvent event;
};
std::vector<SentEvent> eventsOn(const Wire& wire) {
  std::vector<SentEvent> events;
  int index = 0;
  for (const auto& datagram : wire.datagrams) {
    const auto packet = rtp::parse(datagram);
    if (packet->payloadType == 101) events.push_back({index, *packet, *rtp::parseEvent(packet->payload)});
    ++index;
  }
  return events;
}

TEST_F(Sending, SendsADigit) {
  Sender sender(alaw(20, 101), {});
  sender.tick(spoken_, 1, 0, wire_);
  EXPECT_TRUE(sender.addDigit('4', 100));
  for (int i = 0; i < 12; ++i) sender.tick(spoken_, 1, 0, wire_);
  const auto events = eventsOn(wire_);
  ASSERT_EQ(events.size(), 7U);  // 100 ms, and the end twice more
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& [index, packet, event] = events[i];
    EXPECT_EQ(packet.timestamp, 160U) << "the time of its start, in all of them";
    EXPECT_EQ(packet.marker, i == 0);
    EXPECT_EQ(packet.sequence, i + 1);
    EXPECT_EQ(event.event, 4);
    EXPECT_EQ(event.duration, std::min<std::size_t>(i + 1, 5) * 160);
    EXPECT_EQ(event.end, i >= 4);
  }
  const auto after = rtp::parse(wire_.datagrams[8]);
  EXPECT_EQ(after->timestamp, 8 * 160U) << "time went on under it";
  EXPECT_TRUE(after->marker);
}

TEST_F(Sending, KeepsDigitsApartAndSpeechOutOfThem) {
  Sender sender(alaw(20, 101), {});
  say(std::vector<std::int16_t>(8000, 8000));
  for (int i = 0; i < 5; ++i) sender.tick(spoken_, 1, 0, wire_);
  for (const char digit : {'1', '#'}) EXPECT_TRUE(sender.addDigit(digit, 60));
  for (int i = 0; i < 30; ++i) sender.tick(spoken_, 1, 0, wire_);
  const auto events = eventsOn(wire_);
  ASSERT_EQ(events.size(), 10U);
  EXPECT_EQ(events[5].event.event, 11);
  EXPECT_TRUE(events[5].packet.marker);
  EXPECT_EQ(events[5].packet.timestamp - events[0].packet.timestamp, 160U * 7) << "60 ms, and 80 ms of gap";
  std::vector<std::int16_t> audio;
  for (const auto& datagram : wire_.datagrams) {
    const auto packet = rtp::parse(datagram);
    if (packet->payloadType != 8) continue;
    std::vector<std::int16_t> part(packet->payload.size());
    audio::g711Decode(audio::Law::kA, packet->payload, part);
    const bool meanwhile = packet->timestamp > events[0].packet.timestamp &&
                           packet->timestamp < events[9].packet.timestamp + 160 * 7;
    EXPECT_LE(meanwhile ? *std::ranges::max_element(part) : 0, 8);
    audio.insert(audio.end(), part.begin(), part.end());
  }
  EXPECT_LT(largestStep(std::span(audio).subspan(200)), 600) << "speech fades out before and in after";
  EXPECT_NEAR(audio.back(), 8000, 200);
  EXPECT_EQ(spoken_.position(), audio.size() - 160 * 5) << "and nothing of it is lost: it waited";
}

TEST_F(Sending, CountsDigitsInTheirOwnClock) {
  SenderOptions options = alaw(60, 101);
  options.codec = audio::Codec::kOpus;
  options.telephoneEventClockHz = 8000;
  Sender sender(options, {});
  sender.tick(spoken_, 1, 0, wire_);
  EXPECT_TRUE(sender.addDigit('D', 100));
  for (int i = 0; i < 12; ++i) sender.tick(spoken_, 1, 0, wire_);
  const auto events = eventsOn(wire_);
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[0].packet.timestamp, 2880U) << "after the whole packet that was begun";
  EXPECT_EQ(events[6].event.duration, 800U);
}

TEST_F(Sending, RefusesWhatIsNoDigitAndTooMany) {
  Sender mute(alaw(), {});
  EXPECT_FALSE(mute.addDigit('1', 100)) << "the peer takes none";
  Sender sender(alaw(20, 101), {});
  EXPECT_FALSE(sender.addDigit('x', 100));
  for (std::size_t i = 0; i < Dialler::kMostWaiting; ++i) EXPECT_TRUE(sender.addDigit('1', 100));
  EXPECT_FALSE(sender.addDigit('1', 100));
  Sender next(alaw(20, 101), {});
  next.adopt(sender);
  for (int i = 0; i < 4; ++i) next.tick(spoken_, 1, 0, wire_);
  EXPECT_EQ(eventsOn(wire_).size(), 4U) << "a change of codec loses none";
}

TEST_F(Sending, EndsTheDigitThatAnotherSenderBegan) {
  Sender before(alaw(20, 101), {}), sender(alaw(60, 101), {});
  EXPECT_TRUE(before.addDigit('7', 100));
  EXPECT_TRUE(before.addDigit('7', 100));
  for (int i = 0; i < 3; ++i) before.tick(spoken_, 1, 0, wire_);
  sender.adopt(before);
  for (int i = 0; i < 30; ++i) sender.tick(spoken_, 1, 0, wire_);
  const auto events = eventsOn(wire_);
  ASSERT_EQ(events.size(), 14U);
  EXPECT_TRUE(events[6].event.end);
  EXPECT_EQ(events[6].packet.timestamp, events[0].packet.timestamp);
}

TEST_F(Sending, KeepsADigitApartFromOneThatAnotherClockCutShort) {
  Sender before(alaw(20, 101), {}), sender(alaw(20, 101), {});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(before.addDigit('1', 100));
  for (int i = 0; i < 3; ++i) before.tick(spoken_, 1, 0, wire_);
  sender.adopt(before);
  sender.dialAs(101, 48000);
  for (int i = 0; i < 5; ++i) sender.tick(spoken_, 1, 0, wire_);
  const auto events = eventsOn(wire_);
  ASSERT_GT(events.size(), 3U);
  EXPECT_EQ(events[3].packet.timestamp - events[2].packet.timestamp, 5 * 160U)
      << "40 ms after the third packet";
  EXPECT_EQ(events[3].event.duration, 960U);
}

/// The peer holds the call: that is no stall.
TEST_F(Sending, AHoldIsNotCaughtUpWith) {
  for (const int ptimeMs : {20, 60}) {
    startAnew();
    Sender sender(alaw(ptimeMs), {});
    say(tone(200, 8000, 16000));
    for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
    const std::size_t packets = wire_.datagrams.size(), before = decoded().size();
    for (int i = 0; i < 60; ++i) {
      sender.rest();
      spoken_.idle();
    }
    EXPECT_EQ(ring::cell(memory(), ring::spoken::kSending).load(), 0U);
    for (int i = 0; i < 50; ++i) sender.tick(spoken_, 1, 0, wire_);
    EXPECT_EQ(spoken_.position(), 60 * 160U) << "as fast as before";
    const auto heard = decoded();
    EXPECT_LT(std::abs(heard[before]), 1000) << "it rises from silence";
    EXPECT_LT(largestStep(std::span(heard).subspan(before)), 2000);
    EXPECT_EQ(rtp::parse(wire_.datagrams[packets])->timestamp, 70 * 160U);
  }
}

TEST_F(Sending, CatchesUpWithSpeechThatAStallHeldUp) {
  for (const double hz : {110.0, 155.0, 200.0, 250.0, 310.0}) {
    startAnew();
    Sender sender(alaw(), {});
    const auto speech = tone(hz, 8000, 8000 * 6);
    std::size_t written = 0;
    const auto tick = [&](bool stalled) {  // a live source: it goes on while we stand still
      say({speech.begin() + static_cast<std::ptrdiff_t>(written),
           speech.begin() + static_cast<std::ptrdiff_t>(written + 160)});
      written += 160;
      stalled ? sender.skip() : sender.tick(spoken_, 1, 0, wire_);
    };
    const auto heldUp = [&] { return written - ring::cell(memory(), ring::spoken::kPlayed).load(); };
    for (int i = 0; i < 10; ++i) tick(false);
    for (int i = 0; i < 8; ++i) tick(true);
    EXPECT_EQ(heldUp(), 8 * 160U);
    for (int i = 0; i < 50; ++i) tick(false);
    EXPECT_LT(heldUp(), 8000 / hz + 1) << "a second later less than a period of " << hz << " Hz";
    const auto heard = decoded();
    EXPECT_EQ(heard.size(), 60 * 160U) << "and no packet more than one a tick was sent";
    EXPECT_LT(largestStep(std::span(heard).subspan(200)), 13 * hz) << "joined where the wave repeats";
    for (int i = 0; i < 20; ++i) sender.tick(spoken_, 1, 0, wire_);
    EXPECT_EQ(heldUp(), 0U) << "all of it is known to be sent";
  }
}

TEST_F(Sending, TellsTheEndOfSpeechThatItShortened) {
  for (std::size_t stalled = 1; stalled <= 4; ++stalled) {
    Sender sender(alaw(), {});
    say(tone(230, 8000, 8000));  // whose periods do not fill a frame
    for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
    for (std::size_t i = 0; i < stalled; ++i) sender.skip();
    for (int i = 0; i < 60; ++i) sender.tick(spoken_, 1, 0, wire_);
    EXPECT_EQ(ring::cell(memory(), ring::spoken::kPlayed).load(), written_) << stalled << " frames held up";
  }
}

TEST_F(Sending, DoesNotHurryAfterAPause) {
  Sender sender(alaw(), {});
  say(tone(200, 8000, 160));
  sender.tick(spoken_, 1, 0, wire_);
  for (int i = 0; i < 20; ++i) sender.tick(spoken_, 1, 0, wire_);
  sender.skip();
  say(tone(200, 8000, 8000));
  for (int i = 0; i < 10; ++i) sender.tick(spoken_, 1, 0, wire_);
  EXPECT_EQ(spoken_.position(), 11 * 160U);
}

}  // namespace
}  // namespace oavc::engine
