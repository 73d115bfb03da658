#include "audio/plc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "audio/time_stretch.h"
#include "tone.h"

namespace oavc::audio {
namespace {

constexpr int kRate = 8000;
constexpr std::size_t kFrame = 160;

/// A tone with the frames of `lost` concealed.
std::vector<std::int16_t> throughLoss(double hz, std::size_t frames, std::initializer_list<std::size_t> lost,
                                      int rateHz = kRate) {
  Plc plc(rateHz);
  const std::size_t length = static_cast<std::size_t>(rateHz) / 50;
  std::vector<std::int16_t> heard;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    auto samples = tone(hz, rateHz, length, 8000, frame * length);
    if (std::ranges::find(lost, frame) != lost.end())
      plc.conceal(samples);
    else
      plc.good(samples);
    heard.insert(heard.end(), samples.begin(), samples.end());
  }
  return heard;
}

TEST(Plc, LeavesGoodSamplesAlone) {
  const auto original = tone(200, kRate, 5 * kFrame, 8000);
  EXPECT_EQ(throughLoss(200, 5, {}), original);
}

TEST(Plc, GoesOnAtThePitchWithoutAClick) {
  for (const double hz : {100.0, 125.0, 160.0, 200.0}) {
    const auto heard = throughLoss(hz, 20, {10});
    const auto invented = std::span(heard).subspan(10 * kFrame, kFrame);
    EXPECT_GT(rms(invented), 0.7 * 8000 / std::numbers::sqrt2) << hz;
    EXPECT_LT(largestStep(heard), 2 * largestStep(tone(hz, kRate, 800, 8000)) + 50) << hz;
  }
}

TEST(Plc, DoesTheSameAtSixteenKilohertz) {
  for (const double hz : {100.0, 160.0}) {
    const auto heard = throughLoss(hz, 20, {10}, 16000);
    EXPECT_GT(rms(std::span(heard).subspan(10 * 320, 320)), 0.7 * 8000 / std::numbers::sqrt2) << hz;
    EXPECT_LT(largestStep(heard), 2 * largestStep(tone(hz, 16000, 1600, 8000)) + 50) << hz;
  }
  const auto gone = throughLoss(150, 20, {10, 11, 12, 13, 14}, 16000);
  EXPECT_EQ(rms(std::span(gone).subspan(14 * 320, 320)), 0);
}

TEST(Plc, FallsSilentInALongGap) {
  const auto heard = throughLoss(150, 20, {10, 11, 12, 13, 14});
  const auto late = std::span(heard).subspan(14 * kFrame, kFrame);
  EXPECT_EQ(rms(late), 0);
}

TEST(Plc, ARestLeavesNothingToBlend) {
  Plc plc;
  std::vector<std::int16_t> voice = tone(200, kRate, 3 * kFrame, 8000), edge(40), quiet(kFrame);
  plc.good(voice);
  plc.conceal(edge);
  plc.rest();
  plc.good(quiet);
  EXPECT_EQ(rms(quiet), 0);
}

TEST(Plc, BeginsWithALoss) {
  Plc plc;
  std::vector<std::int16_t> samples(kFrame, 77);
  plc.conceal(samples);
  EXPECT_EQ(rms(samples), 0);
}

TEST(TimeStretch, TakesOutAndPutsInWholePeriods) {
  constexpr std::size_t kPeriod = 50;  // 160 Hz
  auto shorter = tone(160, kRate, 320);
  const std::size_t less = shorten(shorter, 320, kRate);
  EXPECT_EQ((320 - less) % kPeriod, 0U);
  EXPECT_LT(less, 320U);
  EXPECT_GT(fitTone(std::span(shorter).first(less), 160, kRate).snrDb, 30);
  auto longer = tone(160, kRate, 320);
  longer.resize(480);
  const std::size_t more = lengthen(longer, 320, kRate);
  EXPECT_GT(more, 320U);
  EXPECT_GT(fitTone(std::span(longer).first(more / kPeriod * kPeriod), 160, kRate).snrDb, 30);
}

TEST(TimeStretch, LeavesNoiseAlone) {
  std::vector<std::int16_t> noise(480);
  std::uint32_t state = 1;
  for (auto& sample : noise) sample = static_cast<std::int16_t>((state = state * 1664525 + 1013904223) >> 17);
  EXPECT_EQ(shorten(noise, 160, kRate), 160U);
  EXPECT_EQ(lengthen(noise, 160, kRate), 160U);
}

}  // namespace
}  // namespace oavc::audio
