// A source that is believed, and sends whatever it likes: every header, every payload, at any time.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "engine/receiver.h"
#include "tone.h"

namespace oavc::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::uint8_t kAudio = 96;

class HostileSource : public testing::TestWithParam<audio::Codec> {
 protected:
  /// Jumps of sequence, time and source, wrong types, broken and well-formed payloads.
  std::vector<std::uint8_t> datagram() {
    if (oneIn(40)) header_.ssrc = random_() % 3;
    if (oneIn(30)) header_.sequence = static_cast<std::uint16_t>(random_());
    if (oneIn(30)) header_.timestamp = random_();
    if (oneIn(10)) header_.sequence = static_cast<std::uint16_t>(header_.sequence + random_() % 200 - 100);
    header_.payloadType = oneIn(5) ? static_cast<std::uint8_t>(oneIn(2) ? 101 : random_() % 128) : kAudio;
    header_.marker = oneIn(3);
    std::vector<std::uint8_t> octets(rtp::kHeaderBytes + (oneIn(3) ? random_() % 1488 : random_() % 200));
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random_());
    rtp::build(header_, octets);
    if (oneIn(8)) octets[0] = static_cast<std::uint8_t>(0x80 | random_() % 64);
    ++header_.sequence;
    header_.timestamp += static_cast<std::uint32_t>(audio::clockRateHz(GetParam()) / 50);
    return octets;
  }
  bool oneIn(std::uint32_t count) { return random_() % count == 0; }

  std::mt19937 random_{7};
  rtp::Header header_;
  Endpoint caller_ = *parseEndpoint("10.0.0.1", 4000);
};

/// OAVC_FUZZ counts the datagrams. Whatever came: a frame each tick, and after it a caller who behaves is
/// heard.
TEST_P(HostileSource, NeverStopsThePlayout) {
  const char* wanted = std::getenv("OAVC_FUZZ");
  const int datagrams = wanted != nullptr ? std::atoi(wanted) : 20000;
  Receiver receiver(GetParam(), {kAudio, 101, 0, 13}, SourceLatch(caller_), {20, 200});
  std::array<std::int16_t, Playback::kFrameSamples> frame{};
  std::int64_t nowNs = 0;
  for (int sent = 0; sent < datagrams; nowNs += 20 * kMs) {
    for (std::uint32_t burst = oneIn(20) ? random_() % 200 : random_() % 3; burst > 0; --burst, ++sent)
      receiver.receive(datagram(), caller_, nowNs - static_cast<std::int64_t>(random_() % 500) * kMs);
    receiver.playback().next(nowNs, frame);
    receiver.expireDigit(nowNs);
    ASSERT_GE(receiver.playback().origins().size(), 1U);
  }
  EXPECT_GT(receiver.packets(), 0U);
  EXPECT_GT(receiver.rejected(), 0U);
  const auto encoder = audio::makeEncoder(GetParam());
  const auto samples = static_cast<std::size_t>(encoder->rateHz() / 50);
  for (std::uint16_t i = 0; i < 500; ++i, nowNs += 20 * kMs) {
    std::vector<std::uint8_t> octets(1500);
    const auto ticks = static_cast<std::uint32_t>(audio::clockRateHz(GetParam()) / 50);
    rtp::build({kAudio, i == 0, i, i * ticks, 77}, octets);
    octets.resize(rtp::kHeaderBytes +
                  encoder->encode(tone(400, encoder->rateHz(), samples, 8000, i * samples),
                                  std::span(octets).subspan(rtp::kHeaderBytes)));
    receiver.receive(octets, caller_, nowNs);
    receiver.playback().next(nowNs + kMs, frame);
  }
  EXPECT_GT(rms(frame), 3000);
}

INSTANTIATE_TEST_SUITE_P(Codecs, HostileSource,
                         testing::Values(audio::Codec::kPcmu, audio::Codec::kPcma, audio::Codec::kOpus,
                                         audio::Codec::kL16));

}  // namespace
}  // namespace oavc::engine
