// The sending half of a stream: takes a frame from the spoken ring each tick, sets its loudness, encodes it
// into packets of the peer's ptime. With nothing to say it sends silence: NAT bindings and symmetric peers
// need the stream. No sockets.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/codec.h"
#include "audio/resampler.h"
#include "engine/dialler.h"
#include "engine/supervisor.h"
#include "ring/spoken_reader.h"
#include "rtp/packet.h"

namespace oavc::engine {

/// Where the packets go.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  virtual void send(std::span<const std::uint8_t> datagram) noexcept = 0;
  /// The audio of the packet that is about to be sent, at the rate of the ring.
  virtual void speaks(std::span<const std::int16_t> /*samples*/) noexcept {}
};

/// Our numbers on the wire. They go on across a change of codec.
struct SenderNumbers {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
};

struct SenderOptions {
  audio::Codec codec = audio::Codec::kPcmu;
  std::uint8_t payloadType = 0;
  int telephoneEventType = -1;
  int ptimeMs = 20;
  int telephoneEventClockHz = 0;  // of its durations; 0 for that of the audio
  int lineRateHz = 0;             // of the spoken ring; 0 for that of the codec
  audio::OpusSettings opus;
};

class Sender {
 public:
  Sender(const SenderOptions& options, const SenderNumbers& numbers);

  /// One 20 ms frame. `gain` is reached by the end of it.
  void tick(ring::SpokenReader& spoken, float gain, std::int64_t nowNs, PacketSink& sink) noexcept;
  /// A frame that is not sent: time goes on without it. Speech that it held up is caught up with by
  /// shortening what follows, so that no delay lasts.
  void skip() noexcept;
  /// A frame in which the peer wants nothing of us: time goes on, and what waits was not held up by us. What
  /// was read for a packet that is not full is lost.
  void rest() noexcept;
  /// Sends a digit after those that are waiting; speech fades out first, and goes on after the last of them.
  /// False without a payload type for it, when it is none, or too many are waiting.
  bool addDigit(char digit, int durationMs) noexcept;

  /// 20 ms at the rate of the ring.
  [[nodiscard]] std::size_t frameSamples() const noexcept { return frameSamples_; }
  [[nodiscard]] const SenderNumbers& numbers() const noexcept { return numbers_; }
  /// Goes on in place of another sender: with its numbers and digits, its encoder where that fits, and what
  /// it had taken out of the ring. What cannot go on as it was rises from silence.
  void adopt(Sender& before) noexcept;
  /// Another payload type and clock of telephone events; as in SenderOptions.
  void dialAs(int telephoneEventType, int clockHz) noexcept;
  /// From now on this voice is in what is sent.
  void mixIn(Supervisor& supervisor) noexcept { supervisor_ = &supervisor; }
  void expectLoss(double fraction) noexcept { encoder_->expectLoss(fraction); }
  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }  // of payload
  [[nodiscard]] std::uint64_t datagramOctets() const noexcept {
    return octets_ + packets_ * rtp::kHeaderBytes;
  }

 private:
  using Datagram = std::array<std::uint8_t, 1500>;  // payload behind room for the header
  void say(ring::SpokenReader& spoken, float gain, std::int64_t nowNs, PacketSink& sink) noexcept;
  bool dial(ring::SpokenReader& spoken, PacketSink& sink) noexcept;
  void fill(ring::SpokenReader& spoken, float gain) noexcept;
  bool supervise(std::span<std::int16_t> frame, float gain) noexcept;
  void countBehind(bool speech) noexcept;
  std::size_t catchUp(std::size_t length, bool waiting) noexcept;
  void amplify(std::span<std::int16_t> frame, float gain) noexcept;
  std::size_t encode(std::span<const std::int16_t> packet, std::span<std::uint8_t> out) noexcept;
  void sendAudio(PacketSink& sink) noexcept;
  void sendEvent(PacketSink& sink) noexcept;
  [[nodiscard]] std::uint32_t eventTicksPerFrame() const noexcept;
  void adoptAudio(Sender& before) noexcept;
  void adoptDigits(const Dialler& before, std::uint32_t ticksPerFrame) noexcept;
  [[nodiscard]] bool encodesAs(const Sender& other) const noexcept;
  [[nodiscard]] bool isPlain() const noexcept { return options_.codec != audio::Codec::kOpus && !resampler_; }
  void transmit(const rtp::Header& header, Datagram& datagram, std::size_t payloadBytes,
                PacketSink& sink) noexcept;

  static constexpr int kPauseFrames = 10;                   // without speech: nothing is held up any more
  static constexpr int kSettleFrames = 5;                   // after a stall
  static constexpr std::size_t kMaxFrame = 480;             // 20 ms at 24 kHz
  static constexpr std::size_t kMaxPacket = 3 * kMaxFrame;  // 60 ms
  SenderOptions options_;
  SenderNumbers numbers_;
  std::unique_ptr<audio::Encoder> encoder_;
  std::unique_ptr<audio::Resampler> resampler_;  // where the ring has another rate than the codec
  int lineRateHz_;
  std::size_t frameSamples_;  // at the rate of the ring, as all samples here
  std::size_t packetSamples_;
  std::uint32_t ticksPerFrame_;
  std::uint32_t ticksPerPacket_;
  std::size_t pendingSamples_ = 0;
  std::size_t silentSamples_ = 0;  // of them, after the last speech
  std::size_t ticksPending_ = 0;   // since the last packet
  int dryFrames_ = kPauseFrames;   // since speech, at most kPauseFrames
  int settling_ = 0;               // frames until catching up begins
  std::size_t behind_ = 0;         // samples of speech that skipped frames held up
  float gain_ = 1;
  bool speaking_ = false;
  bool held_ = false;  // speech waits in this tick, for digits
  bool marker_ = true;
  Supervisor* supervisor_ = nullptr;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
  Dialler digits_;
  std::array<std::int16_t, kMaxPacket + kMaxFrame> pending_{};
};

}  // namespace oavc::engine
