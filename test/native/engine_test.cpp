#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "audio/g711.h"
#include "engine/receiver.h"
#include "engine/reporter.h"
#include "engine/sender.h"
#include "engine/source_latch.h"
#include "engine/wall_clock_watch.h"
#include "tone.h"

namespace oavc::engine {
namespace {

constexpr std::int64_t kMs = 1'000'000;

Endpoint at(const char* ip, std::uint16_t port) {
  return *parseEndpoint(ip, port);
}

rtp::Header header(std::uint16_t sequence, std::uint32_t ssrc = 1) {
  return {0, false, sequence, std::uint32_t{sequence} * 160, ssrc};
}

TEST(Endpoint, ReadsAndWritesBothFamilies) {
  EXPECT_EQ(at("192.0.2.7", 9).ipText(), "192.0.2.7");
  EXPECT_EQ(at("2001:db8::7", 9).ipText(), "2001:db8::7");
  EXPECT_FALSE(parseEndpoint("example", 9));
  sockaddr_storage address;
  toSockaddr(at("192.0.2.7", 9), AF_INET, address);
  EXPECT_EQ(fromSockaddr(address), at("192.0.2.7", 9));
}

/// Speech in one codec, then the same stream in another: what is heard, 20 ms a tick.
std::vector<std::int16_t> acrossCodecs(audio::Codec from, audio::Codec to) {
  const auto caller = at("10.0.0.1", 4000);
  auto receiver = std::make_unique<Receiver>(from, PayloadMap{96}, SourceLatch(caller), jitter::Limits{});
  auto encoder = audio::makeEncoder(from);
  std::vector<std::int16_t> heard;
  for (std::uint16_t i = 0; i < 60; ++i) {
    const std::int64_t nowNs = i * 20 * kMs + 3 * kMs;
    if (i == 30) {
      auto next = std::make_unique<Receiver>(to, PayloadMap{97}, SourceLatch(caller), jitter::Limits{});
      next->succeed(*receiver, nowNs);
      receiver = std::move(next);
      encoder = audio::makeEncoder(to);
    }
    const auto codec = i < 30 ? from : to;
    std::vector<std::uint8_t> datagram(1500);
    const auto type = static_cast<std::uint8_t>(i < 30 ? 96 : 97);
    rtp::build({type, false, i, i * static_cast<std::uint32_t>(audio::clockRateHz(codec) / 50), 1}, datagram);
    const std::size_t frame = static_cast<std::size_t>(encoder->rateHz()) / 50;
    datagram.resize(rtp::kHeaderBytes + encoder->encode(tone(200, encoder->rateHz(), frame, 8000, i * frame),
                                                        std::span(datagram).subspan(rtp::kHeaderBytes)));
    EXPECT_FALSE(receiver->receive(datagram, caller, nowNs));
    std::array<std::int16_t, Playback::kFrameSamples> out;
    receiver->playback().next(nowNs + 10 * kMs, out);
    heard.insert(heard.end(), out.begin(), out.end());
  }
  EXPECT_TRUE(receiver->latch().latched());
  return heard;
}

TEST(Receiver, ChangesTheCodecWithoutAClick) {
  for (const auto from : {audio::Codec::kPcmu, audio::Codec::kOpus, audio::Codec::kL16}) {
    for (const auto to : {audio::Codec::kPcma, audio::Codec::kOpus, audio::Codec::kL16}) {
      const auto heard = acrossCodecs(from, to);
      EXPECT_LT(largestStep(heard), 1500) << static_cast<int>(from) << " to " << static_cast<int>(to);
      EXPECT_GT(rms(std::span(heard).last(3200)), 5000);
      EXPECT_GT(rms(std::span(heard).subspan(25 * 320, 1600)), 5000);
    }
  }
}

class Latch : public testing::Test {
 protected:
  Endpoint signalled_ = at("10.0.0.1", 4000);
  Endpoint otherPort_ = at("10.0.0.1", 4444);
  Endpoint stranger_ = at("203.0.113.9", 4000);
  SourceLatch latch_{signalled_};
};

TEST_F(Latch, SendsToTheSignalledAddressUntilSomebodyIsHeard) {
  EXPECT_EQ(latch_.destination(), signalled_);
  EXPECT_TRUE(latch_.admit(otherPort_, header(1), 0));
  EXPECT_EQ(latch_.destination(), otherPort_);
}

TEST_F(Latch, KeepsOthersOutOfARunningStream) {
  EXPECT_TRUE(latch_.admit(signalled_, header(1), 0));
  for (std::uint16_t i = 0; i < 1000; ++i) {
    EXPECT_FALSE(latch_.admit(stranger_, header(i, 99), i * 5 * kMs));
    EXPECT_FALSE(latch_.admit(otherPort_, header(i, 98), i * 5 * kMs));
    EXPECT_TRUE(latch_.admit(signalled_, header(static_cast<std::uint16_t>(i + 2)), i * 5 * kMs));
  }
}

TEST_F(Latch, FollowsACallerBehindNat) {
  int refused = 0;
  for (std::uint16_t i = 0; i < 20; ++i) refused += latch_.admit(stranger_, header(i), i * 20 * kMs) ? 0 : 1;
  EXPECT_EQ(refused, SourceLatch::kProbation - 1);
  EXPECT_EQ(latch_.destination(), stranger_);
  EXPECT_TRUE(latch_.admit(signalled_, header(1, 5), 420 * kMs)) << "the signalled address comes first";
  EXPECT_EQ(latch_.destination(), signalled_);
}

TEST_F(Latch, FollowsAChangedNatBindingOnceTheOldOneIsSilent) {
  EXPECT_TRUE(latch_.admit(signalled_, header(100), 0));
  const Endpoint moved = at("198.51.100.3", 9);
  EXPECT_FALSE(latch_.admit(moved, header(101), 100 * kMs));
  EXPECT_TRUE(latch_.admit(moved, header(125), 520 * kMs));
}

TEST_F(Latch, AStrangerDoesNotInheritAShortSilence) {
  EXPECT_TRUE(latch_.admit(signalled_, header(100), 0));
  for (std::uint16_t i = 0; i < 200; ++i) EXPECT_FALSE(latch_.admit(stranger_, header(i, 9), i * 20 * kMs));
}

TEST_F(Latch, AStrangerWhoCameFirstLosesTheStreamToTheCallersFirstPacket) {
  for (const Endpoint& caller : {signalled_, otherPort_, at("198.51.100.3", 40000)}) {
    SourceLatch latch(signalled_, at("198.51.100.3", 5060));  // NAT: signalling comes from its outer address
    std::uint16_t i = 0;
    for (; i < 100; ++i) latch.admit(stranger_, header(i, 9), i * 5 * kMs);
    EXPECT_EQ(latch.destination(), stranger_);
    EXPECT_TRUE(latch.admit(caller, header(7, 5), 500 * kMs));
    EXPECT_EQ(latch.destination(), caller);
    for (std::uint16_t n = 0; n < 400; ++n, ++i) {
      EXPECT_FALSE(latch.admit(stranger_, header(i, 9), (500 + n * 5) * kMs));
      if (n % 4 != 0) continue;
      EXPECT_TRUE(latch.admit(caller, header(static_cast<std::uint16_t>(8 + n / 4), 5), (500 + n * 5) * kMs));
    }
  }
}

TEST_F(Latch, ACallerWhoPausesKeepsHisStream) {
  EXPECT_TRUE(latch_.admit(signalled_, header(100), 0));
  for (std::uint16_t i = 0; i < 3000; ++i)
    EXPECT_FALSE(latch_.admit(stranger_, header(i, 9), (1000 + i * 20) * kMs));
  EXPECT_TRUE(latch_.admit(signalled_, header(101), 61'000 * kMs));
}

TEST_F(Latch, AStrangerCannotKeepAnotherFromPassing) {
  const Endpoint caller = at("198.51.100.3", 9);
  bool admitted = false;
  for (std::uint16_t i = 0; i < 10 && !admitted; ++i) {
    latch_.admit(stranger_, header(static_cast<std::uint16_t>(i * 77), 9), i * 20 * kMs);  // not in sequence
    admitted = latch_.admit(caller, header(i, 5), i * 20 * kMs);
  }
  EXPECT_TRUE(admitted);
}

TEST_F(Latch, ATelephoneBehindTheSameNatMayBeginAnew) {
  const Endpoint caller = at("198.51.100.3", 9), again = at("198.51.100.3", 10);
  for (std::uint16_t i = 0; i < 10; ++i) latch_.admit(caller, header(i, 5), i * 20 * kMs);
  bool admitted = false;
  for (std::uint16_t i = 0; i < 10; ++i) admitted = latch_.admit(again, header(i, 77), (1000 + i * 20) * kMs);
  EXPECT_TRUE(admitted);
}

TEST_F(Latch, ANewAnswerOpensIt) {
  EXPECT_TRUE(latch_.admit(signalled_, header(1), 0));
  latch_.redirect(signalled_, {}, 0);
  EXPECT_TRUE(latch_.latched());
  latch_.redirect(at("10.0.0.2", 5000), {}, 0);
  EXPECT_FALSE(latch_.latched());
}

TEST_F(Latch, WhomTheStreamWasTakenFromDoesNotGetItBackByHisLastPackets) {
  const Endpoint next = at("192.0.2.2", 5000);
  EXPECT_TRUE(latch_.admit(signalled_, header(1), 0));
  latch_.redirect(next, {}, 10 * kMs);
  for (std::uint16_t i = 0; i < 20; ++i)
    EXPECT_FALSE(latch_.admit(signalled_, header(static_cast<std::uint16_t>(2 + i)), (12 + i * 20) * kMs));
  EXPECT_EQ(latch_.destination(), next);
  latch_.redirect(at("192.0.2.3", 5000), {}, 450 * kMs);
  EXPECT_FALSE(latch_.admit(signalled_, header(30), 600 * kMs)) << "nor after another SDP in the meantime";
  latch_.redirect(next, {}, 700 * kMs);
  EXPECT_TRUE(latch_.admit(signalled_, header(40), 1300 * kMs))
      << "behind a NAT the new address may be wrong";
  EXPECT_TRUE(latch_.admit(next, header(7, 5), 1310 * kMs));
}

TEST_F(Latch, AnAnswerWithoutAnAddressLetsNobodyIn) {
  EXPECT_TRUE(latch_.admit(signalled_, header(1), 0));
  for (const char* nobody : {"0.0.0.0", "::"}) latch_.redirect(at(nobody, 4000), {}, 0);
  EXPECT_EQ(latch_.destination(), signalled_);
  for (std::uint16_t i = 0; i < 50; ++i) EXPECT_FALSE(latch_.admit(stranger_, header(i, 9), i * 20 * kMs));
}

class Receiving : public testing::Test {
 protected:
  explicit Receiving(const PayloadMap& map = {0, 101, 0, 13})
      : receiver_(audio::Codec::kPcmu, map, SourceLatch(remote_), {20, 200}) {}
  std::vector<std::uint8_t> packet(std::uint16_t sequence, std::uint8_t type = 0, std::uint32_t ssrc = 1) {
    std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + 160);
    rtp::build({type, false, sequence, std::uint32_t{sequence} * 160, ssrc}, datagram);
    audio::g711Encode(audio::Law::kMu, tone(400, 8000, 160, 8000, sequence * 160U),
                      std::span(datagram).subspan(rtp::kHeaderBytes));
    return datagram;
  }
  /// Frames of 20 ms; `lost` ones are not sent.
  std::vector<std::int16_t> listen(int frames, std::initializer_list<int> lost = {}) {
    std::vector<std::int16_t> heard;
    for (int i = 0; i < frames; ++i) {
      if (std::ranges::count(lost, i) == 0)
        receiver_.receive(packet(static_cast<std::uint16_t>(i)), remote_, i * 20 * kMs + kMs);
      std::array<std::int16_t, Playback::kFrameSamples> frame{};
      receiver_.playback().next(i * 20 * kMs + 2 * kMs, frame);
      stamps_.push_back(receiver_.playback().origins().back().arrivalNs);
      heard.insert(heard.end(), frame.begin(), frame.end());
    }
    return heard;
  }
  Endpoint remote_ = at("10.0.0.1", 4000);
  Receiver receiver_;
  std::vector<std::int64_t> stamps_;
};

TEST_F(Receiving, FillsAPauseWithTheBackgroundThatTheDeviceNames) {
  auto heard = listen(20);
  const std::array<std::uint8_t, 1> level{50};  // dB under overload: 104
  std::vector<std::uint8_t> datagram(rtp::kHeaderBytes);
  rtp::build({13, false, 20, 20 * 160, 1}, datagram);
  datagram.insert(datagram.end(), level.begin(), level.end());
  EXPECT_FALSE(receiver_.receive(datagram, remote_, 400 * kMs));
  for (int i = 20; i < 80; ++i) {
    std::array<std::int16_t, Playback::kFrameSamples> frame{};
    receiver_.playback().next(i * 20 * kMs + 2 * kMs, frame);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  EXPECT_NEAR(rms(std::span(heard).last(16000)), 104, 25);
  for (int i = 80; i < 90; ++i) {  // the voice goes on: the next in sequence, a second later in time
    auto next = packet(static_cast<std::uint16_t>(i));
    rtp::build({0, i == 80, static_cast<std::uint16_t>(i - 59), static_cast<std::uint32_t>(i) * 160, 1},
               next);
    receiver_.receive(next, remote_, i * 20 * kMs + kMs);
    std::array<std::int16_t, Playback::kFrameSamples> frame{};
    receiver_.playback().next(i * 20 * kMs + 2 * kMs, frame);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  EXPECT_GT(rms(std::span(heard).last(1600)), 5000);
  EXPECT_LT(largestStep(heard), 2500) << "no click where it begins and ends";
  EXPECT_EQ(receiver_.playback().framesConcealed(), 0U) << "a pause is no loss";
}

/// The caller's device leaps in time, and in its wave, without a packet missing.
TEST_F(Receiving, ALeapOfTheSendersTimeMakesNoClick) {
  for (int phaseMs = 1; phaseMs < 20; ++phaseMs) {
    Receiver receiver(audio::Codec::kPcmu, {}, SourceLatch(remote_), {10, 200});
    std::vector<std::int16_t> heard;
    for (int i = 0; i < 60; ++i) {
      std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + 160);
      const std::uint32_t later = i < 30 ? 0 : 20;
      rtp::build({0, false, static_cast<std::uint16_t>(i), (static_cast<std::uint32_t>(i) + later) * 160, 1},
                 datagram);
      audio::g711Encode(audio::Law::kMu, tone(400, 8000, 160, 8000, i < 30 ? 5 : 15),  // peak, trough
                        std::span(datagram).subspan(rtp::kHeaderBytes));
      receiver.receive(datagram, remote_, (i * 20 + phaseMs) * kMs);
      std::array<std::int16_t, Playback::kFrameSamples> frame{};
      receiver.playback().next((i + 1) * 20 * kMs, frame);
      heard.insert(heard.end(), frame.begin(), frame.end());
    }
    EXPECT_LT(largestStep(heard), 2500) << phaseMs;
    EXPECT_GT(rms(std::span(heard).last(3200)), 5000) << phaseMs;
  }
}

TEST_F(Receiving, ExpectsTheNetworkThatItsForerunnerSaw) {
  Receiver next(audio::Codec::kL16, {}, SourceLatch(remote_), {10, 200});
  for (int i = 0; i < 300; ++i)
    receiver_.receive(packet(static_cast<std::uint16_t>(i)), remote_, (i * 20 + i % 4 * 15) * kMs);
  const double targetMs = receiver_.playback().jitter().targetDelayMs();
  EXPECT_GT(targetMs, 40);
  next.succeed(receiver_, 6000 * kMs);
  std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + 640);
  rtp::build({0, false, 300, 1'000'000'000, 1}, datagram);  // in another clock, from anywhere
  next.receive(datagram, remote_, 6001 * kMs);
  EXPECT_NEAR(next.playback().jitter().targetDelayMs(), targetMs, 5);
}

TEST_F(Receiving, PlaysWhatWasSaid) {
  const auto heard = listen(100);
  const auto fit = fitTone(std::span(heard).subspan(16000, 8000), 400, 16000);
  EXPECT_NEAR(fit.amplitude, 8000, 200);
  EXPECT_GT(fit.snrDb, 30);
  EXPECT_EQ(stamps_[0], 0);
  EXPECT_GT(stamps_[50], 48 * 20 * kMs);
}

/// Packets of 30 ms over frames of 20 ms, each at a level of its own: the level changes where its stamp does.
TEST_F(Receiving, KnowsThePacketOfEverySample) {
  const auto levelOf = [](std::int64_t n) { return n % 2 == 0 ? 1000 : 5000; };
  const auto arrivalOf = [](std::int64_t n) { return n * 30 * kMs + kMs; };
  std::vector<std::int64_t> origins;  // of each sample
  std::vector<std::int16_t> heard;
  for (int tick = 0; tick < 60; ++tick) {
    for (int n = 0; n < 40; ++n) {
      if (n * 30 / 20 != tick) continue;
      std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + 240);
      rtp::build({0, false, static_cast<std::uint16_t>(n), static_cast<std::uint32_t>(n) * 240, 1}, datagram);
      const std::vector<std::int16_t> samples(240, static_cast<std::int16_t>(levelOf(n)));
      audio::g711Encode(audio::Law::kMu, samples, std::span(datagram).subspan(rtp::kHeaderBytes));
      receiver_.receive(datagram, remote_, arrivalOf(n));
    }
    std::array<std::int16_t, Playback::kFrameSamples> frame{};
    receiver_.playback().next(tick * 20 * kMs + 15 * kMs, frame);
    heard.insert(heard.end(), frame.begin(), frame.end());
    const auto pieces = receiver_.playback().origins();
    ASSERT_EQ(pieces[0].offset, 0U);
    for (std::size_t i = 0, piece = 0; i < frame.size(); ++i) {
      if (piece + 1 < pieces.size() && pieces[piece + 1].offset == i) ++piece;
      origins.push_back(pieces[piece].arrivalNs);
    }
  }
  int edges = 0;
  for (std::size_t i = 4800; i + 200 < heard.size(); ++i) {
    if (origins[i] == origins[i - 1]) continue;
    const std::int64_t n = (origins[i] - kMs) / (30 * kMs);
    EXPECT_EQ(origins[i], arrivalOf(n));
    EXPECT_EQ(origins[i - 1], arrivalOf(n - 1));
    EXPECT_NEAR(heard[i + 100], levelOf(n), 150);
    EXPECT_NEAR(heard[i - 100], levelOf(n - 1), 150);
    EXPECT_LT((heard[i - 2] - 3000) * (heard[i + 1] - 3000), 0) << "halfway at the very sample";
    ++edges;
  }
  EXPECT_GT(edges, 20);
}

TEST_F(Receiving, ConcealsALoss) {
  const auto heard = listen(100, {60, 75});
  EXPECT_EQ(receiver_.playback().framesConcealed(), 2U);
  EXPECT_LT(largestStep(std::span(heard).subspan(1600)), 2600);
  EXPECT_GT(rms(std::span(heard).subspan(55 * 320, 10 * 320)), 4500);
}

TEST_F(Receiving, RejectsWhatWasNotNegotiated) {
  EXPECT_FALSE(receiver_.receive(packet(1, 8), remote_, kMs));
  EXPECT_FALSE(receiver_.receive(std::vector<std::uint8_t>{0x80}, remote_, kMs));
  EXPECT_EQ(receiver_.rejected(), 2U);
  EXPECT_FALSE(receiver_.latch().latched());
}

TEST_F(Receiving, WhatWasNotNegotiatedIsASignOfLifeAndNoLoss) {
  const Endpoint stranger = at("10.0.0.9", 4000);
  listen(20);
  const auto heardNs = receiver_.lastPacketNs();
  EXPECT_FALSE(receiver_.receive(packet(20, 77, 9), remote_, 400 * kMs))
      << "another stream of the same source";
  EXPECT_FALSE(receiver_.receive(packet(20, 77), stranger, 400 * kMs));
  EXPECT_EQ(receiver_.lastPacketNs(), heardNs);
  EXPECT_FALSE(receiver_.receive(packet(20, 77), remote_, 400 * kMs));
  auto empty = packet(21);
  empty.resize(rtp::kHeaderBytes);
  EXPECT_FALSE(receiver_.receive(empty, remote_, 420 * kMs));
  EXPECT_EQ(receiver_.lastPacketNs(), 420 * kMs);
  std::array<std::int16_t, Playback::kFrameSamples> frame{};
  for (int i = 20; i < 60; ++i) {
    if (i >= 22) receiver_.receive(packet(static_cast<std::uint16_t>(i)), remote_, i * 20 * kMs + kMs);
    receiver_.playback().next(i * 20 * kMs + 2 * kMs, frame);
  }
  EXPECT_GT(rms(frame), 5000);
  EXPECT_EQ(receiver_.reception().lost(), 0);
  EXPECT_EQ(receiver_.playback().framesConcealed(), 0U);
  EXPECT_EQ(receiver_.rejected(), 4U);
}

class ReceivingPlain : public Receiving {
 protected:
  ReceivingPlain() : Receiving({0, 101}) {}
};

TEST_F(ReceivingPlain, UnderstandsComfortNoiseThatNobodyOffered) {
  listen(20);
  auto noise = packet(20, 13);
  noise.resize(rtp::kHeaderBytes + 1);
  noise.back() = 50;
  EXPECT_FALSE(receiver_.receive(noise, remote_, 400 * kMs));
  std::array<std::int16_t, Playback::kFrameSamples> frame{};
  for (int i = 20; i < 60; ++i) receiver_.playback().next(i * 20 * kMs + 2 * kMs, frame);
  EXPECT_NEAR(rms(frame), 104, 30);
}

TEST_F(Receiving, HearsDigitsBetweenAudio) {
  listen(20);
  std::vector<std::uint8_t> datagram(rtp::kHeaderBytes + rtp::kEventBytes);
  int digits = 0;
  for (std::uint16_t i = 0; i < 8; ++i) {
    rtp::build({101, i == 0, static_cast<std::uint16_t>(20 + i), 20 * 160, 1}, datagram);
    rtp::buildEvent({7, i > 4, 10, static_cast<std::uint16_t>(160 * (i + 1))},
                    std::span(datagram).subspan(rtp::kHeaderBytes));
    const auto digit = receiver_.receive(datagram, remote_, (20 + i) * 20 * kMs);
    digits += digit && digit->character == '7' ? 1 : 0;
  }
  EXPECT_EQ(digits, 1);
  EXPECT_EQ(receiver_.reception().lost(), 0);
}

/// Three vowels a second.
std::vector<std::int16_t> vowels(std::size_t samples, std::size_t offset) {
  auto wave = tone(150, 24000, samples, 5000, offset);
  for (const double harmonic : {3.0, 5.0, 8.0}) {
    const auto part = tone(150 * harmonic, 24000, samples, 5000 / harmonic, offset);
    for (std::size_t i = 0; i < samples; ++i) wave[i] = static_cast<std::int16_t>(wave[i] + part[i]);
  }
  for (std::size_t i = 0; i < samples; ++i)
    wave[i] = static_cast<std::int16_t>((offset + i) % 8000 < 4000 ? wave[i] : wave[i] / 3);
  return wave;
}

TEST(Opus, CarriesVowelsThroughLoss) {
  const auto encoder = audio::makeEncoder(audio::Codec::kOpus);
  const auto decoder = audio::makeDecoder(audio::Codec::kOpus);
  std::vector<std::int16_t> heard;
  std::vector<std::vector<std::uint8_t>> packets;
  for (std::size_t i = 0; i < 100; ++i) {
    std::vector<std::uint8_t> packet(1000);
    packet.resize(encoder->encode(vowels(480, i * 480), packet));
    ASSERT_GT(packet.size(), 2U);
    packets.push_back(packet);
  }
  for (std::size_t i = 0; i < 100; ++i) {
    std::vector<std::int16_t> samples(audio::kMaxPacketSamples);
    const auto frame = std::span(samples).first(320);
    if (i == 40) {
      decoder->conceal(frame);
    } else if (i == 54) {
      EXPECT_TRUE(decoder->recover(packets[55], frame));
    } else {
      EXPECT_EQ(decoder->decode(packets[i], samples), 320U);
    }
    heard.insert(heard.end(), samples.begin(), samples.begin() + 320);
  }
  for (std::size_t i = 10; i < 100; ++i) EXPECT_GT(rms(std::span(heard).subspan(i * 320, 320)), 800) << i;
}

/// Before any report of the peer, at the bit rate of the default; libopus would answer without redundancy
/// too, by concealment.
TEST(Opus, KnowsWhetherAPacketRepeatsTheOneBefore) {
  for (const bool fec : {true, false}) {
    for (const std::size_t ms : {10, 20, 40, 60}) {
      const auto encoder = audio::makeEncoder(audio::Codec::kOpus, {5, 24000, fec});
      const auto decoder = audio::makeDecoder(audio::Codec::kOpus);
      const std::size_t packets = 2000 / ms;
      std::size_t rebuilt = 0;
      for (std::size_t i = 0; i < packets; ++i) {
        std::vector<std::uint8_t> packet(1000);
        packet.resize(encoder->encode(vowels(24 * ms, i * 24 * ms), packet));
        std::vector<std::int16_t> samples(16 * ms);
        rebuilt += decoder->recover(packet, samples) ? 1U : 0U;
        decoder->decode(packet, samples);
      }
      EXPECT_TRUE(fec ? rebuilt > packets / 4 : rebuilt == 0) << rebuilt << " packets of " << ms << " ms";
    }
  }
}

TEST(Opus, RefusesRubbish) {
  const auto decoder = audio::makeDecoder(audio::Codec::kOpus);
  std::vector<std::int16_t> samples(audio::kMaxPacketSamples);
  EXPECT_EQ(decoder->decode({}, samples), 0U);
  EXPECT_EQ(decoder->decode(std::vector<std::uint8_t>{0xFF, 0xFF}, samples), 0U);
}

TEST(WallClockWatch, DistrustsStampsForTwoTicksAfterAStep) {
  WallClockWatch watch;
  constexpr std::int64_t kUnix = 1'700'000'000'000 * kMs;
  const auto steadyAt = [&](std::int64_t ms, std::int64_t stepMs) {
    return watch.steady({ms * kMs, kUnix + (ms + stepMs) * kMs});
  };
  for (std::int64_t ms = 0; ms < 100; ms += 5) EXPECT_TRUE(steadyAt(ms, 0));
  for (std::int64_t ms = 100; ms < 140; ms += 5) EXPECT_FALSE(steadyAt(ms, 1000));
  EXPECT_TRUE(steadyAt(140, 1000));
  EXPECT_FALSE(steadyAt(145, 900)) << "backwards too";
}

TEST(Reporter, FindsTheRoundTrip) {
  Reporter ours(10), theirs(20);
  rtp::Reception ourStream(8000), theirStream(8000);
  theirStream.receive(header(1, 10), 0);  // what they received of us
  ourStream.receive(header(1, 20), 0);
  std::array<std::uint8_t, rtp::kMaxRtcpBytes> datagram{};
  constexpr std::int64_t kUnix = 1'700'000'000'000 * kMs;
  const auto at = [&](std::int64_t ms) { return Instant{ms * kMs, kUnix + ms * kMs}; };
  const rtp::SenderInfo info{0, 160, 1, 160};
  std::size_t length = ours.write(at(0), &info, ourStream, false, datagram);
  EXPECT_TRUE(theirs.read(std::span(datagram).first(length), at(30), 8000));
  length = theirs.write(at(1030), &info, theirStream, false, datagram);
  EXPECT_TRUE(ours.read(std::span(datagram).first(length), at(1080), 8000));
  EXPECT_NEAR(ours.roundTripMs(), 80, 1);
  EXPECT_EQ(ours.remoteLossFraction(), 0);
  EXPECT_EQ(theirs.roundTripMs(), -1);
  EXPECT_FALSE(ours.due(2000 * kMs));
  EXPECT_TRUE(ours.due(7600 * kMs));
}

}  // namespace
}  // namespace oavc::engine
