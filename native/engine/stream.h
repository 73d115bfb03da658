// What one `start` made: both halves of a negotiated stream. Built by the control thread,
// because it allocates; then the media thread's own until it is retired.
#pragma once
#include "engine/receiver.h"
#include "engine/sender.h"

namespace oavc::engine {

struct StreamOptions {
  Endpoint remote;
  std::uint16_t remoteRtcpPort = 0;  // 0 for the one after that of RTP (RFC 3550 11)
  std::optional<Endpoint> host;      // where the caller's signalling comes from
  audio::Codec codec = audio::Codec::kPcmu;
  PayloadMap payloads;
  int ptimeMs = 20;
  int lineRateHz = 0;  // of the spoken ring; 0 for that of the codec
  audio::OpusSettings opus;
  bool sends = true;
  bool receives = true;
};

struct Stream {
  Stream(const StreamOptions& given, const jitter::Limits& limits, const SenderNumbers& numbers)
      : options(given),
        receiver(given.codec, given.payloads, SourceLatch(given.remote, given.host), limits),
        sender({given.codec, static_cast<std::uint8_t>(given.payloads.audio), given.payloads.telephoneEvent,
                given.ptimeMs, given.payloads.telephoneEventClockHz, given.lineRateHz, given.opus},
               numbers) {}

  /// A re-INVITE that changes only address or direction does not interrupt what is buffered.
  [[nodiscard]] bool continuesAs(const StreamOptions& next) const noexcept {
    return options.codec == next.codec && options.payloads == next.payloads &&
           options.ptimeMs == next.ptimeMs && options.lineRateHz == next.lineRateHz &&
           options.opus == next.opus;
  }

  StreamOptions options;
  Receiver receiver;
  Sender sender;
  Stream* nextRetired = nullptr;
};

}  // namespace oavc::engine
