// The media of one call. Created by a control thread, which binds the ports and may fail; then the media
// thread ticks it. Control threads reach it through atomics here and through the commands of MediaThread.
#pragma once
#include <atomic>
#include <memory>
#include <optional>

#include "audio/tone_detector.h"
#include "engine/counters.h"
#include "engine/recording_tap.h"
#include "engine/reporter.h"
#include "engine/stream.h"
#include "engine/supervisor.h"
#include "engine/udp_socket.h"
#include "engine/wake_set.h"
#include "ring/heard_writer.h"
#include "ring/spoken_reader.h"

namespace oavc::engine {

struct SessionOptions {
  Endpoint bind;
  std::uint16_t portMin = 0;
  std::uint16_t portMax = 0;
  ring::Memory heard = nullptr;
  ring::Memory spoken = nullptr;
  std::uint32_t wake = 0;
  jitter::Limits limits;
  bool detectTones = false;
  ring::Memory supervisor = nullptr;  // none: nobody but the bot speaks
};

/// What the media thread lends to a session during a tick.
struct TickContext {
  std::int64_t scheduledNs = 0;  // the tick's place on the grid
  Instant now;
  bool behind = false;  // the next tick is already due: play what came, but do not send a burst
  bool stamped = true;  // the kernel's stamps may be believed
  ReceiveBatch& batch;
  WakeSet& wakes;
};

class Session final : private PacketSink {
 public:
  /// Throws PortsExhausted or std::system_error.
  explicit Session(const SessionOptions& options);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // --- any thread
  [[nodiscard]] std::uint16_t rtpPort() const noexcept { return sockets_.rtpPort; }
  void setVolume(float gain) noexcept { volume_.store(gain, std::memory_order_relaxed); }
  void setMuted(bool muted) noexcept { muted_.store(muted, std::memory_order_relaxed); }
  void setWake(std::uint32_t id) noexcept { wake_.store(id, std::memory_order_relaxed); }
  [[nodiscard]] SessionCounters counters() const noexcept { return published_.read(); }
  /// Allocates what the media thread will need.
  [[nodiscard]] std::unique_ptr<Stream> makeStream(const StreamOptions& options) const;
  /// Keeps the recording for the media thread, which gets it by `startRecording`. Once in a call.
  void keep(std::shared_ptr<record::Recording> recording) noexcept { recording_ = std::move(recording); }
  [[nodiscard]] const std::shared_ptr<record::Recording>& recording() const noexcept { return recording_; }
  /// Frees the streams that the media thread is done with.
  void sweep() noexcept;

  // --- the media thread
  void start(std::unique_ptr<Stream> stream, std::int64_t nowNs) noexcept;
  void addDigit(char digit, int durationMs) noexcept;
  void startRecording(record::Recording& recording) noexcept;
  /// Once in 20 ms: takes what came and plays a frame to the heard ring.
  void hearTick(TickContext& context) noexcept;
  /// Once in 20 ms, a slot after `hearTick`: sends a frame of the spoken ring. What a worker answers within
  /// that slot leaves in it, and 20 ms later otherwise.
  void speakTick(TickContext& context) noexcept;
  /// Says goodbye to the peer.
  void finish(const Instant& now) noexcept;

 private:
  void send(std::span<const std::uint8_t> datagram) noexcept override;
  void speaks(std::span<const std::int16_t> samples) noexcept override {
    if (tap_.active()) tap_.said(samples);
  }
  void expectLoss() noexcept;
  void aimReports(const StreamOptions& next) noexcept;
  void drainRtp(TickContext& context) noexcept;
  void drainRtcp(TickContext& context) noexcept;
  void receive(const Datagram& datagram, const TickContext& context) noexcept;
  void hear(TickContext& context) noexcept;
  void listenForTones(std::span<const std::int16_t> frame) noexcept;
  void tell(const rtp::Digit& digit) noexcept { heard_.writeDigit(digit.character, digit.durationMs); }
  void speak(TickContext& context) noexcept;
  void report(const Instant& now, bool bye) noexcept;
  void retire(Stream* stream) noexcept;
  [[nodiscard]] float gain() const noexcept;
  [[nodiscard]] SessionCounters collect() const noexcept;
  void addReceived(SessionCounters& all) const noexcept;
  void addReported(SessionCounters& all) const noexcept;

  // What every tick touches comes first: with hundreds of calls, the lines that a tick needs are its price.
  SocketPair sockets_;
  std::unique_ptr<Stream> stream_;
  std::atomic<float> volume_{1};
  std::atomic<bool> muted_{false};
  std::atomic<std::uint32_t> wake_;
  std::uint32_t ticks_ = 0;
  std::int64_t lastTickNs_ = 0;
  std::uint64_t unsent_ = 0;                    // datagrams that the kernel refused
  std::unique_ptr<audio::ToneDetector> tones_;  // where they are looked for
  bool hasEvents_ = false;                      // the caller sends telephone events: tones say the same again
  ring::HeardWriter heard_;
  ring::SpokenReader spoken_;
  SenderNumbers numbers_;  // random; what the first stream begins with
  Reporter reporter_;
  Supervisor supervisor_;
  RecordingTap tap_;
  SessionOptions options_;
  Endpoint remoteRtcp_;
  std::atomic<Stream*> retired_{nullptr};
  std::shared_ptr<record::Recording> recording_;  // the control threads'
  const record::Recording* recorded_ = nullptr;   // the media thread's
  SessionCounters carried_;                       // received by streams before this one
  Published<SessionCounters> published_;
};

}  // namespace oavc::engine
