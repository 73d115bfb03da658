#include "audio/silero_vad.h"

#include <gtest/gtest.h>

#include <random>

#include "tone.h"

namespace oavc::audio {
namespace {

/// Random weights: what the network says is meaningless, how it keeps its state is not.
const SileroWeights& weights() {
  static const SileroWeights made = [] {
    std::mt19937 random(3);
    std::uniform_real_distribution<float> uniform(-0.05F, 0.05F);
    std::vector<float> all(SileroWeights::kCount);
    for (auto& weight : all) weight = uniform(random);
    return SileroWeights(all);
  }();
  return made;
}

TEST(SileroVad, RefusesOtherWeights) {
  EXPECT_THROW(SileroWeights(std::vector<float>(17)), std::invalid_argument);
}

TEST(SileroVad, KeepsStreamsApart) {
  SileroVad vad(weights());
  const auto first = tone(200, 16000, 5120), second = tone(900, 16000, 5120, 3000);
  SileroState alone, mixedFirst, mixedSecond;
  for (std::size_t at = 0; at < 5120; at += SileroVad::kWindow) {
    const float expected = vad.run(alone, std::span(first).subspan(at, SileroVad::kWindow));
    const float among = vad.run(mixedFirst, std::span(first).subspan(at, SileroVad::kWindow));
    vad.run(mixedSecond, std::span(second).subspan(at, SileroVad::kWindow));
    EXPECT_EQ(expected, among);
    EXPECT_GT(expected, 0);
    EXPECT_LT(expected, 1);
  }
  EXPECT_NE(mixedFirst.hidden, mixedSecond.hidden);
}

TEST(SileroVad, RemembersWhatCameBefore) {
  SileroVad vad(weights());
  SileroState fresh, used;
  const auto window = tone(300, 16000, SileroVad::kWindow);
  vad.run(used, tone(1000, 16000, SileroVad::kWindow));
  EXPECT_NE(vad.run(fresh, window), vad.run(used, window));
}

}  // namespace
}  // namespace oavc::audio
