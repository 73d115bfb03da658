#include "audio/g711.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <vector>

namespace oavc::audio {
namespace {

std::uint8_t encode(Law law, int sample) {
  const std::array<std::int16_t, 1> in{static_cast<std::int16_t>(sample)};
  std::array<std::uint8_t, 1> out{};
  g711Encode(law, in, out);
  return out[0];
}

int decode(Law law, int octet) {
  const std::array<std::uint8_t, 1> in{static_cast<std::uint8_t>(octet)};
  std::array<std::int16_t, 1> out{};
  g711Decode(law, in, out);
  return out[0];
}

/// The nearest value that the law can say, found by looking at all 256.
int nearestError(Law law, int sample) {
  static std::array<std::array<int, 256>, 2> values;
  auto& table = values[static_cast<std::size_t>(law)];
  if (table[0] == 0)
    for (int octet = 0; octet < 256; ++octet) table[static_cast<std::size_t>(octet)] = decode(law, octet);
  int best = 1 << 20;
  for (const int value : table) best = std::min(best, std::abs(value - sample));
  return best;
}

class G711 : public testing::TestWithParam<Law> {};

TEST_P(G711, EveryOctetSurvivesARoundTrip) {
  for (int octet = 0; octet < 256; ++octet) {
    const int value = decode(GetParam(), octet);
    if (value == 0 && GetParam() == Law::kMu) continue;  // mu-law has two zeros
    EXPECT_EQ(encode(GetParam(), value), octet) << value;
  }
}

TEST_P(G711, EverySampleIsQuantisedAlmostAsWellAsTheLawCan) {
  for (int sample = -32768; sample <= 32767; ++sample) {
    const int error = std::abs(decode(GetParam(), encode(GetParam(), sample)) - sample);
    // The decision values of the standard are not quite the midpoints.
    ASSERT_LE(error, nearestError(GetParam(), sample) + 16 + std::abs(sample) / 64) << sample;
  }
}

TEST_P(G711, IsMonotonic) {
  for (int sample = -32768; sample < 32767; ++sample)
    ASSERT_LE(decode(GetParam(), encode(GetParam(), sample)),
              decode(GetParam(), encode(GetParam(), sample + 1)));
}

/// Alone an octet goes through the table; in a frame sixteen are expanded at once, where the processor can.
TEST_P(G711, AFrameIsDecodedAsItsOctetsAre) {
  std::vector<std::uint8_t> octets(256 + 7);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::uint8_t>(i);
  std::vector<std::int16_t> samples(octets.size() + 1, 77);
  g711Decode(GetParam(), octets, samples);
  for (std::size_t i = 0; i < octets.size(); ++i)
    EXPECT_EQ(samples[i], decode(GetParam(), octets[i])) << "octet " << i;
  EXPECT_EQ(samples.back(), 77);
}

INSTANTIATE_TEST_SUITE_P(BothLaws, G711, testing::Values(Law::kMu, Law::kA));

TEST(G711Values, OfTheStandard) {
  EXPECT_EQ(decode(Law::kMu, 0x80), 32124);
  EXPECT_EQ(decode(Law::kMu, 0x00), -32124);
  EXPECT_EQ(decode(Law::kMu, 0xFF), 0);
  EXPECT_EQ(decode(Law::kA, 0xAA), 32256);
  EXPECT_EQ(decode(Law::kA, 0x2A), -32256);
  EXPECT_EQ(decode(Law::kA, 0xD5), 8);
  EXPECT_EQ(decode(Law::kA, 0x55), -8);
  EXPECT_EQ(encode(Law::kMu, 0), g711Silence(Law::kMu));
  EXPECT_EQ(encode(Law::kA, 0), g711Silence(Law::kA));
  EXPECT_EQ(encode(Law::kMu, 32767), 0x80);
  EXPECT_EQ(encode(Law::kMu, -32768), 0x00);
}

}  // namespace
}  // namespace oavc::audio
