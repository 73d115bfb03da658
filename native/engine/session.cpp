#include "engine/session.h"

#include <algorithm>
#include <random>

#include "engine/clock.h"

namespace oavc::engine {
namespace {

constexpr std::int64_t kTickNs = 20 * kNsPerMs;
constexpr std::uint32_t kRtcpEvery = 10;    // ticks between looks at its socket: the kernel stamps arrivals
constexpr std::uint32_t kPublishEvery = 5;  // ticks: counters lie in many lines
constexpr int kMaxBatches = 8;              // a flood may not hold the thread up: the rest waits
constexpr std::int64_t kMaxSkipped = 3000;  // ticks of a minute; a longer stop has ended the call anyway
constexpr std::int64_t kOldestNs = 10'000'000'000;

SenderNumbers randomNumbers() {
  std::random_device random;
  return {random(), static_cast<std::uint16_t>(random()), random()};
}

/// A kernel stamp in monotonic time; now, where there is none or the wall clock was just set.
std::int64_t arrivalOf(const Datagram& datagram, const TickContext& context) {
  const Instant& now = context.now;
  if (datagram.arrivalNs == 0 || !context.stamped) return now.monotonicNs;
  const std::int64_t age = now.unixNs - datagram.arrivalNs;
  return age < 0 || age > kOldestNs ? now.monotonicNs : now.monotonicNs - age;
}

}  // namespace

Session::Session(const SessionOptions& options)
    : sockets_(bindPair(options.bind, options.portMin, options.portMax)),
      wake_(options.wake),
      heard_(options.heard),
      spoken_(options.spoken),
      numbers_(randomNumbers()),
      reporter_(numbers_.ssrc),
      supervisor_(options.supervisor),
      options_(options) {
  if (options.detectTones) tones_ = std::make_unique<audio::ToneDetector>();
  published_.publish(SessionCounters{});
}

Session::~Session() {
  sweep();
  tap_.end();
}

std::unique_ptr<Stream> Session::makeStream(const StreamOptions& options) const {
  return std::make_unique<Stream>(options, options_.limits, numbers_);
}

void Session::sweep() noexcept {
  Stream* stream = retired_.exchange(nullptr, std::memory_order_acquire);
  while (stream != nullptr) {
    const std::unique_ptr<Stream> gone(stream);
    stream = gone->nextRetired;
  }
}

/// Freeing takes the allocator's lock: the control thread does it.
void Session::retire(Stream* stream) noexcept {
  stream->nextRetired = retired_.load(std::memory_order_relaxed);
  while (!retired_.compare_exchange_weak(stream->nextRetired, stream, std::memory_order_release,
                                         std::memory_order_relaxed)) {
  }
}

void Session::start(std::unique_ptr<Stream> stream, std::int64_t nowNs) noexcept {
  aimReports(stream->options);
  if (!stream_) {
    reporter_.begin(nowNs);
    stream->sender.mixIn(supervisor_);
    stream_ = std::move(stream);
    return;
  }
  if (stream_->hearsAs(stream->options)) {
    stream_->follow(*stream);
  } else {
    carried_ = collect();
    stream->succeed(*stream_, nowNs);
    std::swap(stream_, stream);
  }
  stream_->receiver.latch().redirect(stream_->options.remote, stream_->options.host, nowNs);
  expectLoss();
  retire(stream.release());
}

void Session::expectLoss() noexcept {
  if (reporter_.remoteLossFraction() >= 0) stream_->sender.expectLoss(reporter_.remoteLossFraction());
}

/// Where the peer's own reports came from counts until an SDP says something new.
void Session::aimReports(const StreamOptions& next) noexcept {
  const auto portOf = [](const StreamOptions& options) {
    return options.remoteRtcpPort != 0 ? options.remoteRtcpPort
                                       : static_cast<std::uint16_t>(options.remote.port + 1);
  };
  if (next.remote.isUnspecified()) return;
  if (stream_ && stream_->options.remote == next.remote && portOf(stream_->options) == portOf(next)) return;
  remoteRtcp_ = next.remote;
  remoteRtcp_.port = portOf(next);
}

void Session::addDigit(char digit, int durationMs) noexcept {
  if (stream_) stream_->sender.addDigit(digit, durationMs);
}

void Session::startRecording(record::Recording& recording) noexcept {
  tap_.begin(recording);
  recorded_ = &recording;
}

void Session::hearTick(TickContext& context) noexcept {
  if (!stream_) return;
  drainRtp(context);
  if (ticks_ % kRtcpEvery == 0 || !context.stamped) drainRtcp(context);
  hear(context);
  if (reporter_.due(context.now.monotonicNs)) report(context.now, false);
  if (ticks_++ % kPublishEvery == 0) published_.publish(collect());
}

void Session::speakTick(TickContext& context) noexcept {
  if (!stream_) return;
  speak(context);
  if (tap_.active()) tap_.tick(stream_->sender.frameSamples());
  lastTickNs_ = context.scheduledNs;
}

void Session::drainRtp(TickContext& context) noexcept {
  for (int batches = 0; batches < kMaxBatches; ++batches) {
    const std::size_t count = sockets_.rtp.receive(context.batch);
    for (std::size_t i = 0; i < count; ++i) receive(context.batch.at(i), context);
    if (count < ReceiveBatch::kDatagrams) return;
  }
}

void Session::receive(const Datagram& datagram, const TickContext& context) noexcept {
  const auto digit = stream_->receiver.receive(datagram.octets, datagram.from, arrivalOf(datagram, context));
  if (!digit) return;
  hasEvents_ = true;
  tell(*digit);
}

void Session::drainRtcp(TickContext& context) noexcept {
  const std::size_t count = sockets_.rtcp.receive(context.batch);
  for (std::size_t i = 0; i < count; ++i) {
    const Datagram datagram = context.batch.at(i);
    if (datagram.from.ip != stream_->receiver.latch().destination().ip) continue;
    const std::int64_t arrivalNs = arrivalOf(datagram, context);
    const Instant arrival{arrivalNs, context.now.unixNs - (context.now.monotonicNs - arrivalNs)};
    if (!reporter_.read(datagram.octets, arrival, audio::clockRateHz(stream_->options.codec))) continue;
    remoteRtcp_ = datagram.from;
    expectLoss();
  }
}

void Session::hear(TickContext& context) noexcept {
  constexpr std::array<ring::Origin, 1> kNothing{};
  Playback& playback = stream_->receiver.playback();
  std::array<std::int16_t, Playback::kFrameSamples> frame{};
  playback.next(context.scheduledNs, frame);
  const bool receives = stream_->options.receives;
  if (!receives) frame.fill(0);
  heard_.write(frame, receives ? playback.origins() : kNothing, context.now.monotonicNs);
  if (tap_.active()) tap_.heard(frame);
  if (const auto digit = stream_->receiver.expireDigit(context.now.monotonicNs)) tell(*digit);
  if (tones_ && !hasEvents_) listenForTones(frame);
  context.wakes.mark(wake_.load(std::memory_order_relaxed));
}

void Session::listenForTones(std::span<const std::int16_t> frame) noexcept {
  constexpr std::size_t kStep = audio::ToneDetector::kStepSamples;
  for (; frame.size() >= kStep; frame = frame.subspan(kStep))
    if (const auto tone = tones_->hear(frame.first<kStep>())) tell({tone->digit, tone->durationMs});
}

void Session::speak(TickContext& context) noexcept {
  Sender& sender = stream_->sender;
  if (lastTickNs_ != 0) {
    const std::int64_t skipped = (context.scheduledNs - lastTickNs_) / kTickNs - 1;
    for (std::int64_t i = 0; i < std::min(skipped, kMaxSkipped); ++i) sender.skip();
  }
  if (!stream_->options.sends) {
    sender.rest();
    return spoken_.idle();
  }
  if (context.behind) return sender.skip();
  sender.tick(spoken_, gain(), context.now.monotonicNs, *this);
}

float Session::gain() const noexcept {
  return muted_.load(std::memory_order_relaxed) ? 0.0F : volume_.load(std::memory_order_relaxed);
}

void Session::send(std::span<const std::uint8_t> datagram) noexcept {
  if (!sockets_.rtp.send(stream_->receiver.latch().destination(), datagram)) ++unsent_;
}

void Session::report(const Instant& now, bool bye) noexcept {
  const Sender& sender = stream_->sender;
  const rtp::SenderInfo info{0, sender.numbers().timestamp, static_cast<std::uint32_t>(sender.packets()),
                             static_cast<std::uint32_t>(sender.octets())};
  std::array<std::uint8_t, rtp::kMaxRtcpBytes> datagram;
  const std::size_t length = reporter_.write(now, stream_->options.sends ? &info : nullptr,
                                             stream_->receiver.reception(), bye, datagram);
  if (!remoteRtcp_.isUnspecified()) sockets_.rtcp.send(remoteRtcp_, std::span(datagram).first(length));
}

void Session::finish(const Instant& now) noexcept {
  tap_.end();
  if (!stream_) return;
  report(now, true);
  published_.publish(collect());  // what was sent since it last heard
}

SessionCounters Session::collect() const noexcept {
  SessionCounters all = carried_;
  addReceived(all);
  addReported(all);
  all.packetsSent = stream_->sender.packets();
  all.bytesSent = stream_->sender.datagramOctets();
  all.packetsUnsent = unsent_;
  all.heardDropped = heard_.droppedSamples();
  all.spokenUnderruns = spoken_.underruns();
  if (recorded_ != nullptr) all.recordingLostMs = recorded_->lostTicks() * 20;
  return all;
}

void Session::addReceived(SessionCounters& all) const noexcept {
  const Receiver& receiver = stream_->receiver;
  const auto& jitter = receiver.playback().jitter();
  all.packetsReceived += receiver.packets();
  all.bytesReceived += receiver.octets();
  all.packetsLost += static_cast<std::uint64_t>(receiver.reception().lost());
  all.packetsLate += jitter.counts().late + jitter.counts().skipped;
  all.packetsDuplicate += jitter.counts().duplicate;
  all.packetsReordered += jitter.counts().reordered;
  all.packetsRejected += receiver.rejected() + jitter.counts().refused;
  all.framesConcealed += receiver.playback().framesConcealed();
  all.framesPlayed += receiver.playback().framesPlayed();
  all.ssrcChanges += receiver.reception().ssrcChanges();
  all.jitterMs = receiver.reception().jitterMs();
  all.playoutDelayMs = jitter.playoutDelayMs();
  all.targetDelayMs = jitter.targetDelayMs();
  if (receiver.lastPacketNs() != 0) all.lastPacketNs = receiver.lastPacketNs();
  all.remote = receiver.latch().destination();
}

/// What the peer's RTCP tells.
void Session::addReported(SessionCounters& all) const noexcept {
  all.roundTripMs = reporter_.roundTripMs();
  all.remoteLossFraction = reporter_.remoteLossFraction();
  all.remoteLost = reporter_.remoteLost();
  all.remoteJitterMs = reporter_.remoteJitterMs();
}

}  // namespace oavc::engine
