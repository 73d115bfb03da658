#include "audio/tone_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "audio/g711.h"
#include "tone.h"

namespace oavc::audio {
namespace {

constexpr int kRate = ToneDetector::kRateHz;
constexpr std::array<double, 4> kLow{697, 770, 852, 941};
constexpr std::array<double, 4> kHigh{1209, 1336, 1477, 1633};
constexpr std::string_view kDigits = "123A456B789C*0#D";

std::size_t ms(double value) {
  return static_cast<std::size_t>(value * kRate / 1000);
}

struct Press {
  char digit = '5';
  double durationMs = 100;
  double lowOff = 0;  // of the nominal frequency
  double highOff = 0;
  double highDb = 0;  // over the low tone
  double amplitude = 6000;
};

void append(std::vector<std::int16_t>& wave, std::span<const std::int16_t> part) {
  wave.insert(wave.end(), part.begin(), part.end());
}

std::vector<std::int16_t> sound(const Press& press) {
  const std::size_t place = kDigits.find(press.digit);
  const std::size_t samples = ms(press.durationMs);
  auto wave = tone(kLow[place / 4] * (1 + press.lowOff), kRate, samples, press.amplitude);
  const double high = press.amplitude * std::pow(10, press.highDb / 20);
  const auto other = tone(kHigh[place % 4] * (1 + press.highOff), kRate, samples, high);
  for (std::size_t i = 0; i < samples; ++i) wave[i] = static_cast<std::int16_t>(wave[i] + other[i]);
  return wave;
}

std::vector<HeardTone> heard(std::span<const std::int16_t> wave) {
  ToneDetector detector;
  std::vector<HeardTone> tones;
  for (; wave.size() >= ToneDetector::kStepSamples; wave = wave.subspan(ToneDetector::kStepSamples))
    if (const auto found = detector.hear(wave.first<ToneDetector::kStepSamples>())) tones.push_back(*found);
  return tones;
}

/// The press between silences, at every place within a step.
std::vector<std::vector<HeardTone>> everywhere(const Press& press) {
  std::vector<std::vector<HeardTone>> all;
  for (std::size_t offset = 0; offset < ToneDetector::kStepSamples; offset += 13) {
    std::vector<std::int16_t> wave(ms(60) + offset);
    append(wave, sound(press));
    wave.resize(wave.size() + ms(100));
    all.push_back(heard(wave));
  }
  return all;
}

bool always(const Press& press) {
  return std::ranges::all_of(everywhere(press), [&](const auto& tones) {
    return tones.size() == 1 && tones[0].digit == press.digit;
  });
}
bool never(const Press& press) {
  return std::ranges::all_of(everywhere(press), [](const auto& tones) { return tones.empty(); });
}

TEST(ToneDetector, KnowsAllSixteenDigitsAndTheirLength) {
  for (const char digit : kDigits) {
    for (const double durationMs : {40.0, 100.0, 400.0}) {
      for (const auto& tones : everywhere({.digit = digit, .durationMs = durationMs})) {
        ASSERT_EQ(tones.size(), 1U) << digit << " for " << durationMs << " ms";
        EXPECT_EQ(tones[0].digit, digit);
        EXPECT_NEAR(tones[0].durationMs, durationMs, 15) << digit;
      }
    }
  }
}

struct Row {
  const char* what;
  Press press;
  bool taken;
};

TEST(ToneDetector, KeepsTheLimits) {
  std::vector<Row> rows{
      {"short", {.durationMs = 23}, false},           {"high tone louder, within", {.highDb = 4}, true},
      {"high tone too loud", {.highDb = 6}, false},   {"high tone softer, within", {.highDb = -8}, true},
      {"high tone too soft", {.highDb = -10}, false}, {"soft", {.amplitude = 400}, true},
      {"too soft", {.amplitude = 300}, false},        {"as loud as a line gets", {.amplitude = 16000}, true},
  };
  for (const char digit : {'1', '5', '9', 'D'}) {
    for (const double sign : {-1.0, 1.0}) {
      rows.push_back({"low off, within", {.digit = digit, .lowOff = sign * 0.015}, true});
      rows.push_back({"high off, within", {.digit = digit, .highOff = sign * 0.015}, true});
      rows.push_back({"low too far off", {.digit = digit, .lowOff = sign * 0.035}, false});
      rows.push_back({"high too far off", {.digit = digit, .highOff = sign * 0.035}, false});
    }
  }
  for (const auto& [what, press, taken] : rows)
    EXPECT_TRUE(taken ? always(press) : never(press)) << what << ", digit " << press.digit;
}

TEST(ToneDetector, TellsPressesApartAndBridgesADropOut) {
  for (const auto& [gapMs, expected] : {std::pair{10.0, 1U}, std::pair{40.0, 2U}}) {
    for (std::size_t offset = 0; offset < ToneDetector::kStepSamples; offset += 13) {
      std::vector<std::int16_t> wave(offset);
      append(wave, sound({.digit = '7'}));
      wave.resize(wave.size() + ms(gapMs));
      append(wave, sound({.digit = '7'}));
      wave.resize(wave.size() + ms(100));
      EXPECT_EQ(heard(wave).size(), expected) << gapMs << " ms";
    }
  }
  std::vector<std::int16_t> dialled;
  for (const char digit : kDigits) append(dialled, sound({.digit = digit, .durationMs = 60}));
  dialled.resize(dialled.size() + ms(100));
  std::string digits;
  for (const auto& found : heard(dialled)) digits.push_back(found.digit);
  EXPECT_EQ(digits, kDigits) << "one directly after the other";
}

TEST(ToneDetector, HearsThroughNoiseAndG711) {
  std::mt19937 random(5);
  std::normal_distribution<double> noise(0,
                                         6000 / std::pow(10, 12.0 / 20));  // 12 dB under the tones together
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    std::vector<std::int16_t> wave(ms(60) + static_cast<std::size_t>(i));
    append(wave, sound({.digit = kDigits[static_cast<std::size_t>(i) % 16], .durationMs = 80}));
    wave.resize(wave.size() + ms(100));
    for (auto& sample : wave) sample = static_cast<std::int16_t>(sample + noise(random));
    std::vector<std::uint8_t> octets(wave.size());
    g711Encode(Law::kA, wave, octets);
    g711Decode(Law::kA, octets, wave);
    const auto tones = heard(wave);
    if (tones.size() == 1 && tones[0].digit == kDigits[static_cast<std::size_t>(i) % 16]) ++taken;
  }
  EXPECT_GE(taken, 98);
}

/// Voiced speech: harmonics of a gliding pitch under three wandering formants of 100 Hz; five minutes of it.
TEST(ToneDetector, DoesNotMistakeSpeech) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform(0, 1);
  ToneDetector detector;
  std::vector<HeardTone> mistaken;
  double phase = 0;
  for (int syllable = 0; syllable < 1000; ++syllable) {
    const double startHz = 80 + 220 * uniform(random), endHz = startHz * (0.8 + 0.4 * uniform(random));
    const std::array<double, 3> formants{300 + 600 * uniform(random), 800 + 1400 * uniform(random), 2500};
    std::array<std::int16_t, ToneDetector::kStepSamples> step;
    for (int at = 0; at < 30; ++at) {
      const double hz = startHz + (endHz - startHz) * at / 30;
      for (auto& sample : step) {
        phase = std::fmod(phase + 2 * std::numbers::pi * hz / kRate, 2 * std::numbers::pi);
        double value = 0;
        for (int harmonic = 1; harmonic * hz < 3400; ++harmonic) {
          double gain = 0.02;
          for (const double formant : formants)
            gain += 1 / std::sqrt(1 + std::pow((harmonic * hz - formant) / 50, 2));
          value += gain * std::sin(harmonic * phase);
        }
        sample = static_cast<std::int16_t>(std::clamp(3000 * value, -32000.0, 32000.0));
      }
      if (const auto found = detector.hear(step)) mistaken.push_back(*found);
    }
  }
  EXPECT_TRUE(mistaken.empty()) << mistaken.size() << " digits, the first " << mistaken.front().digit;
}

TEST(ToneDetector, DoesNotMistakeOtherTones) {
  for (double hz = 300; hz < 3400; hz += 10) EXPECT_TRUE(heard(tone(hz, kRate, ms(200))).empty()) << hz;
  auto dial = tone(350, kRate, ms(500));  // dial tone, ringing, busy of North America
  for (const auto& [first, second] : {std::pair{350, 440}, std::pair{440, 480}, std::pair{480, 620}}) {
    const auto a = tone(first, kRate, ms(500)), b = tone(second, kRate, ms(500));
    for (std::size_t i = 0; i < dial.size(); ++i) dial[i] = static_cast<std::int16_t>(a[i] + b[i]);
    EXPECT_TRUE(heard(dial).empty()) << first;
  }
}

}  // namespace
}  // namespace oavc::audio
