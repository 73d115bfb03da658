#include "engine/supervisor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "audio/g711.h"
#include "engine/sender.h"
#include "tone.h"

namespace oavc::engine {
namespace {

constexpr std::size_t kFrame = 160;

struct Wire : PacketSink {
  void send(std::span<const std::uint8_t>) noexcept override { ++packets; }
  void speaks(std::span<const std::int16_t> samples) noexcept override {
    audio.insert(audio.end(), samples.begin(), samples.end());
  }
  std::vector<std::int16_t> audio;
  int packets = 0;
};

struct alignas(16) Block {
  std::array<std::byte, 16> octets{};
};

/// A ring that is written as JavaScript writes it.
struct Ring {
  explicit Ring(std::uint32_t samples)
      : capacity(samples), blocks((ring::spoken::kSamples + std::size_t{samples} * 2) / sizeof(Block) + 1) {}
  ring::Memory memory() { return blocks.front().octets.data(); }
  void say(std::span<const std::int16_t> samples) {
    for (const auto sample : samples)
      ring::samplesAt(memory(), ring::spoken::kSamples)[written++ % capacity] = sample;
    ring::cell(memory(), ring::spoken::kWrite).store(written);
  }
  std::uint32_t capacity;
  std::vector<Block> blocks;
  std::uint32_t written = 0;
};

SenderOptions alaw() {
  SenderOptions options;
  options.codec = audio::Codec::kPcma;
  options.payloadType = 8;
  options.telephoneEventType = 101;
  return options;
}

class Supervising : public testing::Test {
 protected:
  Supervising() { sender_.mixIn(supervisor_); }
  void tick(int count, float gain = 1) {
    for (int i = 0; i < count; ++i) sender_.tick(spoken_, gain, 1, wire_);
  }
  std::span<const std::int16_t> sent(std::size_t fromFrame, std::size_t frames) {
    return std::span<const std::int16_t>(wire_.audio).subspan(fromFrame * kFrame, frames * kFrame);
  }
  std::uint32_t bot(std::size_t offset) { return ring::cell(bot_.memory(), offset).load(); }
  std::uint32_t human(std::size_t offset) { return ring::cell(human_.memory(), offset).load(); }

  Ring bot_{ring::spoken::kCapacity};
  Ring human_{ring::supervisor::kCapacity};
  ring::SpokenReader spoken_{bot_.memory()};
  Supervisor supervisor_{human_.memory()};
  Sender sender_{alaw(), {}};
  Wire wire_;
};

TEST_F(Supervising, IsHeardWhileTheBotIsMuted) {
  bot_.say(tone(400, 8000, 8000));
  human_.say(tone(1000, 8000, 8000));
  tick(50, 0);
  EXPECT_GT(fitTone(sent(5, 40), 1000, 8000).snrDb, 60);
  EXPECT_EQ(bot(ring::spoken::kPlayed), 8000U) << "the bot's speech goes on under it";
}

TEST_F(Supervising, MakesTheBotQuieterAndLetsItComeBack) {
  bot_.say(tone(400, 8000, 24000));
  human_.say(tone(1000, 8000, 8000));
  tick(150);
  EXPECT_NEAR(fitTone(sent(5, 40), 400, 8000).amplitude, 2500, 50) << "-12 dB";
  EXPECT_NEAR(fitTone(sent(5, 40), 1000, 8000).amplitude, 10000, 50);
  EXPECT_NEAR(fitTone(sent(55, 10), 400, 8000).amplitude, 2500, 50) << "not between two words";
  EXPECT_NEAR(fitTone(sent(100, 40), 400, 8000).amplitude, 10000, 50);
  EXPECT_EQ(bot(ring::spoken::kPlayed), 24000U);
}

TEST_F(Supervising, AnOpenMicrophoneDucksNobody) {
  bot_.say(tone(400, 8000, 8000));
  human_.say(tone(1000, 8000, 8000, 200));
  tick(50);
  EXPECT_NEAR(fitTone(sent(5, 40), 400, 8000).amplitude, 10000, 50);
}

TEST_F(Supervising, IsCutOffAtFullScaleInsteadOfWrapping) {
  bot_.say(std::vector<std::int16_t>(8000, 30000));
  human_.say(std::vector<std::int16_t>(4000, 30000));
  tick(20);
  EXPECT_EQ(*std::ranges::max_element(wire_.audio), 32767);
  EXPECT_GE(*std::ranges::min_element(wire_.audio), 0) << "nothing wrapped";
  EXPECT_EQ(sent(10, 1)[0], 32767) << "30000 and a quarter of 30000";
}

TEST_F(Supervising, ADryRingFadesOutAndBeginsAgainWithoutAClick) {
  for (int round = 0; round < 3; ++round) {
    human_.say(std::vector<std::int16_t>(3 * kFrame + 50, 8000));
    tick(10);
  }
  EXPECT_LT(largestStep(wire_.audio), 8000 / 60);
  EXPECT_EQ(rms(sent(7, 2)), 0);
  EXPECT_EQ(bot(ring::spoken::kPlayed), 0U) << "none of it was the bot's";
}

TEST_F(Supervising, TellsThatHeFellSilent) {
  human_.say(std::vector<std::int16_t>(8000, 8000));
  tick(2);
  EXPECT_EQ(human(ring::spoken::kSending), 1U);
  ring::cell(human_.memory(), ring::spoken::kDiscardTo).store(human_.written);
  tick(3);
  EXPECT_EQ(human(ring::spoken::kSending), 0U);
}

TEST_F(Supervising, APauseOfHisIsNoUnderrun) {
  for (int round = 0; round < 3; ++round) {
    human_.say(std::vector<std::int16_t>(kFrame + 80, 8000));
    tick(30);
  }
  EXPECT_EQ(human(ring::spoken::kUnderruns), 0U);
}

TEST_F(Supervising, WaitsForDigitsAfterAFade) {
  human_.say(std::vector<std::int16_t>(8000, 8000));
  tick(5);
  sender_.addDigit('5', 100);
  tick(40);
  EXPECT_LT(largestStep(wire_.audio), 8000 / 60);
  EXPECT_GT(wire_.packets, 44) << "packets of events go between those of audio";
  EXPECT_EQ(sent(wire_.audio.size() / kFrame - 1, 1)[kFrame - 1], 8000) << "goes on afterwards";
}

TEST(Supervisor, WithoutARingIsNobody) {
  Supervisor nobody(nullptr);
  EXPECT_FALSE(nobody.take(kFrame, false));
  EXPECT_EQ(nobody.duck(), 1.0F);
}

}  // namespace
}  // namespace oavc::engine
