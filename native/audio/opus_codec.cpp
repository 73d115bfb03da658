#include "audio/opus_codec.h"

#include <opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>

namespace oavc::audio {
namespace {

// Redundancy before the first report: losses come unannounced. Up to 5 libopus sends none at our bit rates;
// from 6 on it does, and gives up what lies over 8 kHz for it.
constexpr int kLeastLossPercent = 6;
constexpr int kMostLossPercent = 30;
constexpr std::size_t kUnsent = 2;         // octets up to which a DTX frame need not be sent (opus_encoder.h)
constexpr std::size_t kConcealStep = 160;  // libopus conceals in steps of 2.5 ms; 10 ms suits every caller

int length(std::size_t value) {
  return static_cast<int>(value);
}

/// Whether the packet repeats the one before it: the LBRR flag, which stands behind a VAD flag for each 20 ms
/// of the first SILK frame (RFC 6716 4.2.3). CELT, from configuration 16 on, has none (3.1).
bool hasRedundancy(std::span<const std::uint8_t> packet) {
  constexpr int kFirstCelt = 16, k20Ms = 960;
  if (packet.empty() || packet[0] >> 3 >= kFirstCelt) return false;
  std::array<const unsigned char*, 48> frames{};
  std::array<opus_int16, 48> sizes{};
  if (opus_packet_parse(packet.data(), length(packet.size()), nullptr, frames.data(), sizes.data(),
                        nullptr) <= 0 ||
      sizes[0] == 0)
    return false;
  const int voiceFlags = std::max(1, opus_packet_get_samples_per_frame(packet.data(), 48000) / k20Ms);
  const bool stereo = (packet[0] & 0x04) != 0;
  const unsigned first = frames[0][0];
  const bool middle = (first >> (7 - voiceFlags) & 1) != 0;
  return middle || (stereo && (first >> (6 - 2 * voiceFlags) & 1) != 0);
}

}  // namespace

void OpusDecoding::Free::operator()(OpusDecoder* decoder) const noexcept {
  opus_decoder_destroy(decoder);
}

OpusDecoding::OpusDecoding() {
  int error = OPUS_OK;
  state_.reset(opus_decoder_create(kRateHz, 1, &error));
  if (!state_) throw std::bad_alloc();
}

std::size_t OpusDecoding::decode(std::span<const std::uint8_t> payload,
                                 std::span<std::int16_t> out) noexcept {
  if (payload.empty()) return 0;  // libopus would conceal
  const int samples =
      opus_decode(state_.get(), payload.data(), length(payload.size()), out.data(), length(out.size()), 0);
  return samples > 0 ? static_cast<std::size_t>(samples) : 0;
}

bool OpusDecoding::recover(std::span<const std::uint8_t> following, std::span<std::int16_t> out) noexcept {
  if (!hasRedundancy(following)) return false;  // libopus would conceal
  const int samples = opus_decode(state_.get(), following.data(), length(following.size()), out.data(),
                                  length(out.size()), 1);
  return samples == length(out.size());
}

void OpusDecoding::conceal(std::span<std::int16_t> out) noexcept {
  while (!out.empty()) {
    const std::size_t step = std::min(kConcealStep, out.size());
    const int samples = opus_decode(state_.get(), nullptr, 0, out.data(), length(step), 0);
    if (samples <= 0) {
      std::ranges::fill(out, std::int16_t{0});
      return;
    }
    out = out.subspan(static_cast<std::size_t>(samples));
  }
}

void OpusEncoding::Free::operator()(OpusEncoder* encoder) const noexcept {
  opus_encoder_destroy(encoder);
}

OpusEncoding::OpusEncoding(const OpusSettings& settings) {
  int error = OPUS_OK;
  state_.reset(opus_encoder_create(kRateHz, 1, OPUS_APPLICATION_VOIP, &error));
  if (!state_) throw std::bad_alloc();
  opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(settings.complexity));
  opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(settings.bitrate));
  opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  opus_encoder_ctl(state_.get(), OPUS_SET_VBR(settings.constantBitrate ? 0 : 1));
  opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(settings.fec ? 1 : 0));
  opus_encoder_ctl(state_.get(), OPUS_SET_DTX(settings.dtx ? 1 : 0));
  expectLoss(0);
}

void OpusEncoding::expectLoss(double fraction) noexcept {
  const int percent =
      std::clamp(static_cast<int>(std::lround(fraction * 100)), kLeastLossPercent, kMostLossPercent);
  opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
}

std::size_t OpusEncoding::encode(std::span<const std::int16_t> samples,
                                 std::span<std::uint8_t> out) noexcept {
  const int octets =
      opus_encode(state_.get(), samples.data(), length(samples.size()), out.data(), length(out.size()));
  return octets > length(kUnsent) ? static_cast<std::size_t>(octets) : 0;
}

}  // namespace oavc::audio
