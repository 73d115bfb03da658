#include "engine/talker.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "audio/g711.h"
#include "rtp/packet.h"

namespace oavc::bench {
namespace {

constexpr std::int64_t kPerTickNs = 125'000;  // of the 8 kHz clock
constexpr int kPatience = 250;                // ticks of 20 ms until an answer is missed
constexpr int kQuietFrames = 20;              // silence that ends an answer
constexpr int kShortPause = 20, kPauseSpread = 80;
constexpr std::uint8_t kSilence = 0xFF;

}  // namespace

Talker::Talker(const engine::Endpoint& local) {
  if (!socket_.bind(local)) throw std::runtime_error("a caller's port is taken");
}

void Talker::begin(const engine::Endpoint& peer, double botHz, std::span<const std::uint8_t> words) {
  peer_ = peer;
  words_ = words;
  ear_ = ToneEar(botHz);
  random_ += peer.port;
  calling_ = true;
  does_ = Does::kWaits;
  ticks_ = kPatience;
  quietFrames_ = kQuietFrames;
  lastWordNs_ = 0;
  ++heard_.said;  // the call itself asks for a greeting
}

Heard Talker::end() {
  calling_ = false;
  if (does_ == Does::kWaits) --heard_.said;
  return std::exchange(heard_, {});
}

void Talker::tick(engine::ReceiveBatch& batch, std::int64_t nowNs) {
  nowNs_ = nowNs;
  for (std::size_t count = batch.kDatagrams; count == batch.kDatagrams;) {
    count = socket_.receive(batch);
    for (std::size_t i = 0; i < count; ++i) take(batch.at(i));
  }
  if (!calling_) return;
  live();
  send();
}

void Talker::take(const engine::Datagram& datagram) {
  const auto packet = rtp::parse(datagram.octets);
  if (!calling_ || !packet || packet->payload.size() != kFrame || datagram.from.port != peer_.port) return;
  const auto step = static_cast<std::uint16_t>(packet->sequence - lastSequence_);
  if (heard_.packets++ == 0)
    firstTimestamp_ = packet->timestamp;
  else if (step > 0 && step < 0x8000)
    heard_.missing += step - 1;
  lastSequence_ = packet->sequence;
  const auto elapsed = static_cast<std::int32_t>(packet->timestamp - firstTimestamp_);
  heard_.arrivalsNs.push_back(datagram.arrivalNs);
  heard_.transitsNs.push_back(datagram.arrivalNs - elapsed * kPerTickNs);
  std::array<std::int16_t, kFrame> samples{};
  audio::g711Decode(audio::Law::kMu, packet->payload, samples);
  hear(samples, datagram.arrivalNs);
}

void Talker::hear(std::span<const std::int16_t, kFrame> samples, std::int64_t arrivalNs) {
  const auto verdict = ear_.take(samples);
  heard_.ownBlocks += verdict == ToneEar::Verdict::kOwn;
  heard_.foreignBlocks += verdict == ToneEar::Verdict::kForeign;
  if (!ToneEar::loud(samples)) {
    quietFrames_ = std::min(quietFrames_ + 1, kQuietFrames);
    if (quietFrames_ == kQuietFrames && does_ == Does::kListens) pause();
    return;
  }
  if (std::exchange(quietFrames_, 0) == kQuietFrames) hearOnset(arrivalNs);
}

void Talker::hearOnset(std::int64_t arrivalNs) {
  if (does_ != Does::kWaits) {
    ++heard_.unasked;
    return;
  }
  ++heard_.answered;
  if (lastWordNs_ != 0) heard_.waitsNs.push_back(arrivalNs - lastWordNs_);
  does_ = Does::kListens;
}

void Talker::live() {
  if (does_ == Does::kListens || --ticks_ > 0) return;
  if (does_ == Does::kWaits) {
    ++heard_.unanswered;
    pause();
  } else if (does_ == Does::kPauses) {
    does_ = Does::kTalks;
    ticks_ = static_cast<int>(words_.size() / kFrame);
    said_ = 0;
  } else {
    does_ = Does::kWaits;
    ticks_ = kPatience;
    lastWordNs_ = nowNs_;
    ++heard_.said;
  }
}

void Talker::pause() {
  random_ = random_ * 1664525U + 1013904223U;
  does_ = Does::kPauses;
  ticks_ = kShortPause + static_cast<int>((random_ >> 16) % kPauseSpread);
}

void Talker::send() {
  rtp::build({0, false, sequence_++, timestamp_, 0x50A4}, datagram_);
  timestamp_ += kFrame;
  const auto payload = std::span(datagram_).subspan(12);
  if (does_ == Does::kTalks && said_ + kFrame <= words_.size()) {
    std::ranges::copy(words_.subspan(said_, kFrame), payload.begin());
    said_ += kFrame;
  } else {
    std::ranges::fill(payload, kSilence);
  }
  socket_.send(peer_, datagram_);
}

}  // namespace oavc::bench
