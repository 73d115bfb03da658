// audio_g711 ours|reference: both laws, both ways, 160 samples; checks that both give the same octets.
#include "audio/g711.h"

#include <array>
#include <cstring>
#include <random>

#include "native/timing.h"

namespace {

using namespace oavc;
constexpr std::size_t kFrame = 160;
using Samples = std::array<std::int16_t, kFrame>;
using Octets = std::array<std::uint8_t, kFrame>;

// The reference: as C programs have done it since the recommendation, a table of 256 to decode, and to encode
// the segment by search and the step by shifting.
std::array<std::array<std::int16_t, 256>, 2> decodeTables;

int segmentOf(int value, int first) {
  int segment = 0;
  for (int end = first; segment < 8 && value > end; ++segment) end = end << 1 | 1;
  return segment;
}

std::uint8_t referenceMu(std::int16_t sample) {
  int value = sample >> 2;
  const int mask = value < 0 ? 0x7F : 0xFF;
  value = value < 0 ? ~value : value;
  value = std::min(value + 33, 0x1FFF);
  const int segment = segmentOf(value, 0x3F);
  return static_cast<std::uint8_t>((segment << 4 | (value >> (segment + 1) & 0xF)) ^ mask);
}

std::uint8_t referenceA(std::int16_t sample) {
  int value = sample >> 4;
  const int mask = value < 0 ? 0x55 : 0xD5;
  value = value < 0 ? ~value : value;
  const int segment = segmentOf(value, 0x1F >> 1);
  const int step = segment < 2 ? value & 0xF : value >> (segment - 1) & 0xF;
  return static_cast<std::uint8_t>((segment << 4 | step) ^ mask);
}

[[gnu::noinline]] void encodeReference(audio::Law law, const Samples& in, Octets& out) {
  for (std::size_t i = 0; i < kFrame; ++i)
    out[i] = law == audio::Law::kMu ? referenceMu(in[i]) : referenceA(in[i]);
}
[[gnu::noinline]] void decodeReference(audio::Law law, const Octets& in, Samples& out) {
  const auto& table = decodeTables[static_cast<std::size_t>(law)];
  for (std::size_t i = 0; i < kFrame; ++i) out[i] = table[in[i]];
}

Samples speechLike(std::mt19937& random) {
  Samples samples;
  std::normal_distribution<double> level(0, 4000);
  for (auto& sample : samples)
    sample = static_cast<std::int16_t>(std::clamp(level(random), -32768.0, 32767.0));
  return samples;
}

bool agree(audio::Law law) {
  std::mt19937 random(1);
  Octets ours, reference;
  for (int round = 0; round < 100; ++round) {
    const Samples samples = speechLike(random);
    audio::g711Encode(law, samples, ours);
    encodeReference(law, samples, reference);
    if (ours != reference) return false;
    Samples decoded, expected;
    audio::g711Decode(law, reference, decoded);
    decodeReference(law, reference, expected);
    if (decoded != expected) return false;
  }
  return true;
}

void measure(const char* name, audio::Law law, bool reference, bench::Report& report) {
  std::mt19937 random(2);
  Samples samples = speechLike(random);
  Octets octets{};
  const auto keep = [](const void* data) { asm volatile("" : : "r"(data) : "memory"); };
  const auto encode = [&] {
    reference ? encodeReference(law, samples, octets) : audio::g711Encode(law, samples, octets);
    keep(octets.data());
  };
  const auto decode = [&] {
    reference ? decodeReference(law, octets, samples) : audio::g711Decode(law, octets, samples);
    keep(samples.data());
  };
  report.add(std::string(name) + " encode", bench::timed(encode, 400, 500));
  report.add(std::string(name) + " decode", bench::timed(decode, 400, 500));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  for (int octet = 0; octet < 256; ++octet)
    for (const auto law : {audio::Law::kMu, audio::Law::kA}) {
      const std::array<std::uint8_t, 1> in{static_cast<std::uint8_t>(octet)};
      std::array<std::int16_t, 1> out{};
      audio::g711Decode(law, in, out);
      decodeTables[static_cast<std::size_t>(law)][static_cast<std::size_t>(octet)] = out[0];
    }
  if (!agree(audio::Law::kMu) || !agree(audio::Law::kA)) return 1;
  bench::Report report;
  const bool reference = std::strcmp(arguments[1], "reference") == 0;
  measure("mu-law", audio::Law::kMu, reference, report);
  measure("A-law", audio::Law::kA, reference, report);
  report.end();
}
