#include "audio/comfort_noise.h"

#include <gtest/gtest.h>

#include <random>

#include "tone.h"

namespace oavc::audio {
namespace {

constexpr int kRate = 8000;

std::vector<std::int16_t> noiseOf(double level, std::size_t samples) {
  static std::mt19937 random(9);
  std::normal_distribution<double> normal(0, level);
  std::vector<std::int16_t> wave(samples);
  for (auto& sample : wave) sample = static_cast<std::int16_t>(std::lrint(normal(random)));
  return wave;
}

/// Noise of this level with speech over two thirds of it, packet by packet.
void observeSpeech(ComfortNoise& noise, double level, int seconds) {
  for (int packet = 0; packet < seconds * 50; ++packet) {
    auto samples = noiseOf(level, 160);
    const auto speech = tone(300, kRate, 160, packet % 30 < 20 ? 6000 : 0);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<std::int16_t>(samples[i] + speech[i]);
    noise.observe(samples);
  }
}

double added(ComfortNoise& noise) {
  std::vector<std::int16_t> silence(8000);
  noise.add(std::span(silence).first(800), true);
  noise.add(std::span(silence).subspan(800), true);
  return rms(std::span(silence).subspan(800));
}

TEST(ComfortNoise, FollowsTheBackgroundNotTheSpeech) {
  ComfortNoise noise(kRate);
  for (const double level : {20.0, 200.0, 60.0}) {
    observeSpeech(noise, level, 4);
    EXPECT_NEAR(20 * std::log10(added(noise) / level), 0, 2) << level;
  }
}

TEST(ComfortNoise, IsSilentBehindDigitalSilenceAndBeforeAnythingCame) {
  ComfortNoise noise(kRate);
  EXPECT_EQ(added(noise), 0);
  observeSpeech(noise, 0, 1);
  EXPECT_EQ(added(noise), 0);
}

TEST(ComfortNoise, TakesTheLevelThatIsNamedForOneSilence) {
  ComfortNoise noise(kRate);
  observeSpeech(noise, 20, 1);
  noise.name(50);
  EXPECT_NEAR(added(noise), 103.6, 10);
  noise.forgetName();
  EXPECT_NEAR(added(noise), 20, 5);
}

TEST(ComfortNoise, NeverShouts) {
  ComfortNoise noise(kRate);
  noise.name(0);
  EXPECT_LT(added(noise), 400);
  noise.forgetName();
  observeSpeech(noise, 8000, 4);
  EXPECT_LT(added(noise), 400);
}

TEST(ComfortNoise, ComesAndGoesWithoutAStep) {
  ComfortNoise noise(kRate);
  noise.name(40);
  std::vector<std::int16_t> wave(1600);
  noise.add(std::span(wave).first(800), true);
  noise.add(std::span(wave).subspan(800), false);
  EXPECT_LT(rms(std::span(wave).first(16)), rms(std::span(wave).subspan(400, 160)) / 4);
  EXPECT_LT(rms(std::span(wave).subspan(944, 16)), rms(std::span(wave).subspan(400, 160)) / 4);
  EXPECT_EQ(rms(std::span(wave).subspan(960)), 0) << "gone after 20 ms";
}

}  // namespace
}  // namespace oavc::audio
