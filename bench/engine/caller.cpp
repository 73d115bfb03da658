#include "caller.h"

#include <algorithm>
#include <array>

#include "engine/clock.h"
#include "rtp/packet.h"

namespace oavc::bench {
namespace {

constexpr int kBurstEvery = 50;  // packets
constexpr std::size_t kFrame = 160;
constexpr std::int64_t kPerTickNs = 125'000;  // of the 8 kHz clock
constexpr std::int64_t kBurstGapNs = 300'000'000;
constexpr std::uint8_t kSilence = 0xFF;
constexpr std::uint8_t kLoud = 0x08;       // a loud octet of A-law too, once it is transcoded
constexpr std::uint8_t kHeardLoud = 0x28;  // codes below are louder, the sign aside

using Packet = std::array<std::uint8_t, 12 + kFrame>;

Packet packetOf(bool burst) {
  Packet packet{};
  for (std::size_t i = 0; i < kFrame; ++i)
    packet[12 + i] = burst ? static_cast<std::uint8_t>(i / 8 % 2 == 0 ? kLoud : kLoud | 0x80) : kSilence;
  return packet;
}

}  // namespace

Caller::Caller(int number, const engine::Endpoint& local, std::size_t mostPackets) : number_(number) {
  if (!socket_.bind(local)) throw std::runtime_error("the load's port is taken");
  account_.transitsNs.reserve(mostPackets);
}

void Caller::openWindow(std::int64_t nowNs) {
  countFromNs_ = nowNs;
  countUntilNs_ = std::numeric_limits<std::int64_t>::max();
  account_.transitsNs.clear();
  account_.delaysMs.clear();
  account_.sent = account_.wrong = 0;
}

void Caller::closeWindow(std::int64_t nowNs, engine::ReceiveBatch& batch) {
  countUntilNs_ = nowNs;
  receive(batch);
}

/// Only the header differs from one caller's packet to the next.
void Caller::send() {
  static Packet silent = packetOf(false), loud = packetOf(true);
  const bool burst = (sequence_ + number_ * 7) % kBurstEvery == 0;
  Packet& packet = burst ? loud : silent;
  rtp::build({0, sequence_ == 0, sequence_, timestamp_, static_cast<std::uint32_t>(0x1000 + number_)},
             packet);
  if (burst) burstSentNs_ = engine::realtimeNs();
  socket_.send(peer_, packet);
  ++sequence_;
  timestamp_ += kFrame;
  ++account_.sent;
}

void Caller::receive(engine::ReceiveBatch& batch) {
  for (;;) {
    const std::size_t count = socket_.receive(batch);
    for (std::size_t i = 0; i < count; ++i) take(batch.at(i));
    if (count < engine::ReceiveBatch::kDatagrams) return;
  }
}

void Caller::take(const engine::Datagram& datagram) {
  if (datagram.arrivalNs < countFromNs_ || datagram.arrivalNs >= countUntilNs_) return;
  const auto packet = rtp::parse(datagram.octets);
  if (!packet || packet->payload.size() != kFrame) return;
  account_.transitsNs.push_back(datagram.arrivalNs - std::int64_t{packet->timestamp} * kPerTickNs);
  listen(packet->payload, datagram.arrivalNs);
}

void Caller::listen(std::span<const std::uint8_t> payload, std::int64_t arrivalNs) {
  const auto loud =
      std::ranges::find_if(payload, [](std::uint8_t octet) { return (octet & 0x7F) < kHeardLoud; });
  if (loud == payload.end()) return;
  const bool onset = arrivalNs - lastLoudNs_ > kBurstGapNs;
  lastLoudNs_ = arrivalNs;
  if (!onset) return;
  const std::int64_t heardNs = arrivalNs + (loud - payload.begin()) * kPerTickNs;
  if (burstSentNs_ == 0 || heardNs - burstSentNs_ > 900'000'000)
    ++account_.wrong;
  else
    account_.delaysMs.push_back(static_cast<double>(heardNs - burstSentNs_) / 1e6);
  burstSentNs_ = 0;
}

}  // namespace oavc::bench
