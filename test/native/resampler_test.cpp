#include "audio/resampler.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tone.h"

namespace oavc::audio {
namespace {

constexpr std::array<int, 7> kRates{8000, 11025, 16000, 22050, 24000, 44100, 48000};

std::vector<std::int16_t> resample(Resampler& resampler, std::span<const std::int16_t> input,
                                   std::size_t chunk) {
  std::vector<std::int16_t> output;
  for (std::size_t at = 0; at < input.size(); at += chunk) {
    const auto part = input.subspan(at, std::min(chunk, input.size() - at));
    std::vector<std::int16_t> room(resampler.outputBound(part.size()));
    const std::size_t written = resampler.process(part, room);
    EXPECT_LE(written, room.size());
    output.insert(output.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(written));
  }
  return output;
}

TEST(Resampler, KeepsAToneInThePassBandAndNothingElse) {
  for (const int from : kRates)
    for (const int to : kRates) {
      const double hz = std::min(from, to) * 0.4;  // 0.8 of the lower Nyquist
      Resampler resampler(from, to);
      const auto output = resample(resampler, tone(hz, from, static_cast<std::size_t>(from)), 480);
      const auto steady =
          std::span(output).subspan(static_cast<std::size_t>(to) / 10, static_cast<std::size_t>(to) * 4 / 5);
      const ToneFit fit = fitTone(steady, hz, to);
      EXPECT_NEAR(fit.amplitude, 10000, 100) << from << " to " << to;
      EXPECT_GT(fit.snrDb, 75) << from << " to " << to;  // what rounding to 16 bits leaves
    }
}

TEST(Resampler, StopsWhatWouldAlias) {
  for (const int from : kRates)
    for (const int to : kRates) {
      if (to >= from) continue;
      Resampler resampler(from, to);
      const double hz = to * 0.5 + (from - to) * 0.25;
      const auto output = resample(resampler, tone(hz, from, static_cast<std::size_t>(from), 30000), 480);
      EXPECT_LT(rms(std::span(output).subspan(static_cast<std::size_t>(to) / 10)), 1.0)
          << from << " to " << to;
    }
}

TEST(Resampler, GivesTheSameHoweverItIsCutUp) {
  std::mt19937 random(7);
  for (const auto& [from, to] : {std::pair{22050, 8000}, {8000, 16000}, {48000, 44100}}) {
    const auto input = tone(700, from, 9000);
    Resampler whole(from, to), pieces(from, to);
    const auto expected = resample(whole, input, input.size());
    EXPECT_EQ(resample(pieces, input, 1 + random() % 300), expected);
  }
}

TEST(Resampler, LastsAsLongAsItsInputOnceFlushed) {
  for (const int from : kRates)
    for (const int to : kRates) {
      Resampler resampler(from, to);
      auto output = resample(resampler, tone(300, from, static_cast<std::size_t>(from)), 441);
      std::vector<std::int16_t> rest(4096);
      const std::size_t total = output.size() + resampler.flush(rest);
      const auto delay = static_cast<double>(to) * resampler.delayMs() / 1000;
      EXPECT_NEAR(static_cast<double>(total), to + (from == to ? 0 : delay), 3) << from << " to " << to;
    }
}

TEST(Resampler, DelaysByLessThanSixMilliseconds) {
  for (const int from : kRates)
    for (const int to : kRates) EXPECT_LE(Resampler(from, to).delayMs(), 5.1) << from << " to " << to;
}

TEST(Resampler, RefusesRatesThatAreTooFarApart) {
  std::vector<std::int16_t> output(8001);
  for (const int low : {8000, 7999, 1}) {
    const std::vector<std::int16_t> second(static_cast<std::size_t>(low) * Resampler::kMaxRatio);
    EXPECT_NEAR(Resampler(low * Resampler::kMaxRatio, low).process(second, std::span(output).first(low)), low,
                41)
        << low;
    EXPECT_THROW(Resampler(low * Resampler::kMaxRatio + 1, low), std::invalid_argument) << low;
  }
  EXPECT_THROW(Resampler(8000, 0), std::invalid_argument);
}

}  // namespace
}  // namespace oavc::audio
