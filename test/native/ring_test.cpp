#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "ring/heard_writer.h"
#include "ring/spoken_reader.h"
#include "tone.h"

namespace oavc::ring {
namespace {

struct alignas(16) Block {
  std::array<std::byte, 16> octets{};
};

std::vector<Block> memoryOf(std::size_t bytes) {
  return std::vector<Block>(bytes / sizeof(Block) + 1);
}
Memory start(std::vector<Block>& blocks) {
  return blocks.front().octets.data();
}

TEST(HeardRing, CarriesEveryFrameBetweenTwoThreads) {
  auto blocks = memoryOf(heard::kBytes);
  const Memory memory = start(blocks);
  constexpr std::uint32_t kFrames = 20000;
  std::uint32_t dropped = 0;
  std::thread writer([&] {
    HeardWriter ring(memory);
    std::array<std::int16_t, heard::kFrameSamples> frame{};
    for (std::uint32_t i = 0; i < kFrames;) {
      for (std::size_t k = 0; k < frame.size(); ++k) frame[k] = static_cast<std::int16_t>(i * 7 + k);
      if (ring.write(frame, std::array{Origin{0, i + 1}}, 2 * i))
        ++i;
      else
        std::this_thread::yield();
    }
    dropped = ring.droppedSamples();
  });
  std::uint32_t read = 0;
  const auto* samples = samplesAt(memory, heard::kSamples);
  while (read < kFrames * heard::kFrameSamples) {
    const std::uint32_t write = cell(memory, heard::kWrite).load(std::memory_order_acquire);
    for (; read != write; read += heard::kFrameSamples) {
      const std::uint32_t index = read / heard::kFrameSamples;
      for (std::uint32_t k = 0; k < heard::kFrameSamples; ++k)
        ASSERT_EQ(samples[(read + k) % heard::kCapacity], static_cast<std::int16_t>(index * 7 + k));
      const std::size_t slot = heard::kStamps + index % heard::kStampSlots * 16;
      ASSERT_EQ(longCell(memory, slot).load(std::memory_order_relaxed), index + 1);
      cell(memory, heard::kRead).store(read + heard::kFrameSamples, std::memory_order_release);
    }
    std::this_thread::yield();
  }
  writer.join();
  EXPECT_EQ(cell(memory, heard::kDropped).load(), dropped);
}

TEST(HeardRing, StampsEachStretchOfAFrame) {
  auto blocks = memoryOf(heard::kBytes);
  const Memory memory = start(blocks);
  HeardWriter ring(memory);
  const std::array<std::int16_t, heard::kFrameSamples> frame{};
  ring.write(frame, std::array{Origin{0, 7}}, 100);
  ring.write(frame, std::array{Origin{0, 7}, Origin{90, 0}, Origin{200, 8}}, 200);
  ASSERT_EQ(cell(memory, heard::kStampCount).load(), 4U);
  const std::array<std::array<std::int64_t, 3>, 4> expected{
      {{0, 7, 100}, {320, 7, 200}, {410, 0, 200}, {520, 8, 200}}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(cell(memory, heard::kStampPositions + i * 4).load(), expected[i][0]);
    EXPECT_EQ(longCell(memory, heard::kStamps + i * 16).load(), expected[i][1]);
    EXPECT_EQ(longCell(memory, heard::kStamps + i * 16 + 8).load(), expected[i][2]);
  }
}

TEST(HeardRing, RefusesWhenFullAndCounts) {
  auto blocks = memoryOf(heard::kBytes);
  HeardWriter ring(start(blocks));
  const std::array<std::int16_t, heard::kFrameSamples> frame{};
  int written = 0;
  while (ring.write(frame, std::array{Origin{}}, 0)) ++written;
  EXPECT_EQ(written, static_cast<int>(heard::kCapacity / heard::kFrameSamples));
  EXPECT_EQ(ring.droppedSamples(), heard::kFrameSamples);
  cell(start(blocks), heard::kRead).store(heard::kFrameSamples);
  EXPECT_TRUE(ring.write(frame, std::array{Origin{}}, 0));
}

TEST(HeardRing, HandsDigitsOver) {
  auto blocks = memoryOf(heard::kBytes);
  HeardWriter ring(start(blocks));
  ring.writeDigit('#', 120);
  EXPECT_EQ(cell(start(blocks), heard::kDigitCount).load(), 1U);
  EXPECT_EQ(cell(start(blocks), heard::kDigits).load(), '#' | 120U << 8);
}

/// A spoken ring with a voice worker's end.
class Spoken : public testing::Test {
 protected:
  static constexpr std::size_t kFrame = 160;
  Memory memory() { return start(blocks_); }
  void say(std::size_t samples, std::int16_t value = 8000) {
    auto* ring = samplesAt(memory(), spoken::kSamples);
    for (std::size_t i = 0; i < samples; ++i) ring[write_++ % spoken::kCapacity] = value;
    cell(memory(), spoken::kWrite).store(write_, std::memory_order_release);
  }
  void set(std::size_t offset, std::uint32_t value) { cell(memory(), offset).store(value); }
  std::uint32_t get(std::size_t offset) { return cell(memory(), offset).load(); }
  /// One frame, sent at once; all frames so far are in `heard_`.
  std::vector<std::int16_t> pull(std::int64_t sentNs = 1) {
    std::vector<std::int16_t> frame(kFrame);
    reader_.read(frame);
    reader_.sent(reader_.position(), sentNs);
    heard_.insert(heard_.end(), frame.begin(), frame.end());
    return frame;
  }
  void TearDown() override { EXPECT_LT(largestStep(heard_), 8000 / 60) << "a click"; }

  std::vector<Block> blocks_ = memoryOf(spoken::kBytes);
  std::uint32_t write_ = 0;
  SpokenReader reader_{start(blocks_)};
  std::vector<std::int16_t> heard_;
};

TEST_F(Spoken, SaysWhatWasWrittenThenSilence) {
  say(2 * kFrame + 100);
  EXPECT_EQ(pull()[kFrame - 1], 8000);
  EXPECT_EQ(get(spoken::kSending), 1U);
  EXPECT_EQ(pull()[0], 8000);
  EXPECT_EQ(get(spoken::kPlayed), 2 * kFrame);
  const auto tail = pull();
  EXPECT_EQ(tail[99], 8000);
  EXPECT_LT(tail[kFrame - 1], 700);
  EXPECT_EQ(get(spoken::kPlayed), 2 * kFrame + 100);
  pull();
  EXPECT_EQ(rms(pull()), 0);
  EXPECT_EQ(get(spoken::kSending), 0U);
  EXPECT_EQ(get(spoken::kRead), 2 * kFrame + 100);
}

TEST_F(Spoken, PausesWithoutConsumingAndResumesWhereItStopped) {
  say(10 * kFrame);
  pull();
  set(spoken::kPaused, 1);
  const auto fading = pull();
  EXPECT_GT(fading[0], 7000);
  EXPECT_EQ(fading[kFrame - 1], 0);
  EXPECT_EQ(get(spoken::kRead), kFrame);
  EXPECT_EQ(get(spoken::kPlayed), kFrame);
  EXPECT_EQ(rms(pull()), 0);
  EXPECT_EQ(get(spoken::kSending), 0U);
  set(spoken::kPaused, 0);
  const auto back = pull();
  EXPECT_LT(back[0], 1000);
  EXPECT_EQ(back[kFrame - 1], 8000);
  EXPECT_EQ(get(spoken::kRead), 2 * kFrame);
  EXPECT_EQ(reader_.underruns(), 0U);
}

TEST_F(Spoken, DiscardsWithAFadeAndGoesOnFromThere) {
  say(10 * kFrame);
  pull();
  set(spoken::kDiscardTo, 5 * kFrame);
  const auto fading = pull();
  EXPECT_GT(fading[0], 7000);
  EXPECT_EQ(fading[kFrame - 1], 0);
  EXPECT_EQ(get(spoken::kRead), 5 * kFrame);
  pull();
  EXPECT_EQ(get(spoken::kPlayed), 6 * kFrame);
}

TEST_F(Spoken, DiscardsWhilePaused) {
  say(10 * kFrame);
  pull();
  set(spoken::kPaused, 1);
  pull();
  set(spoken::kDiscardTo, 10 * kFrame);
  EXPECT_EQ(rms(pull()), 0);
  EXPECT_EQ(get(spoken::kRead), 10 * kFrame);
  set(spoken::kPaused, 0);
  EXPECT_EQ(rms(pull()), 0);
}

TEST_F(Spoken, NeverDiscardsWhatIsNotWritten) {
  say(100);
  set(spoken::kDiscardTo, 5000);
  pull();
  EXPECT_EQ(get(spoken::kRead), 100U);
  say(5000);
  pull();
  EXPECT_EQ(get(spoken::kRead), 5100U);  // skipped to 5000, which was still asked for, and said the rest
}

TEST_F(Spoken, TimesTheMarkOnce) {
  set(spoken::kMarkPosition, 200);
  set(spoken::kMarkSequence, 7);
  say(10 * kFrame);
  pull(100);
  EXPECT_EQ(get(spoken::kMarkDone), 0U);
  pull(200);
  EXPECT_EQ(get(spoken::kMarkDone), 7U);
  pull(300);
  EXPECT_EQ(longCell(memory(), spoken::kMarkNs).load(), 200);
}

TEST_F(Spoken, LeavesADiscardedMarkUndone) {
  set(spoken::kMarkPosition, 400);
  set(spoken::kMarkSequence, 7);
  say(10 * kFrame);
  pull();
  set(spoken::kDiscardTo, 5 * kFrame);
  for (int i = 0; i < 4; ++i) pull();
  EXPECT_EQ(get(spoken::kMarkDone), 0U);
}

TEST_F(Spoken, CountsAnUnderrunOnlyWhereSpeechWentOn) {
  say(kFrame + 80);
  for (int i = 0; i < 4; ++i) pull();
  say(kFrame);
  pull();
  EXPECT_EQ(get(spoken::kUnderruns), 1U);
  for (std::uint32_t i = 0; i < SpokenReader::kUnderrunFrames + 2; ++i) pull();
  say(kFrame);
  pull();
  EXPECT_EQ(get(spoken::kUnderruns), 1U);
}

TEST_F(Spoken, CarriesEverySampleBetweenTwoThreads) {
  constexpr std::uint32_t kTotal = 3'000'000;
  std::thread writer([&] {
    auto* ring = samplesAt(memory(), spoken::kSamples);
    std::uint32_t write = 0;
    while (write < kTotal) {
      const std::uint32_t read = cell(memory(), spoken::kRead).load(std::memory_order_acquire);
      const std::uint32_t room = std::min(spoken::kCapacity - (write - read), kTotal - write);
      for (std::uint32_t i = 0; i < room; ++i, ++write)
        ring[write % spoken::kCapacity] = static_cast<std::int16_t>(write % 100);
      cell(memory(), spoken::kWrite).store(write, std::memory_order_release);
      std::this_thread::yield();
    }
  });
  std::array<std::int16_t, kFrame> frame{};
  std::uint32_t wrong = 0;
  while (reader_.position() < kTotal) {
    const std::uint32_t before = reader_.position();
    if (!reader_.read(frame)) {
      std::this_thread::yield();
      continue;
    }
    const std::uint32_t taken = reader_.position() - before;
    // The ramps change what lies at the edges of a gap; between them every sample must be its own.
    if (taken == kFrame)
      for (std::uint32_t i = SpokenReader::rampSamples(160); i < taken; ++i)
        wrong += frame[i] != static_cast<std::int16_t>((before + i) % 100) ? 1 : 0;
  }
  writer.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace oavc::ring
