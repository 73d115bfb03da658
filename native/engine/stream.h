// What one `start` made: both halves of a negotiated stream. Built by the control thread,
// because it allocates; then the media thread's own until it is retired.
#pragma once
#include <utility>

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

  /// What comes under `next` goes on from what came so far.
  [[nodiscard]] bool hearsAs(const StreamOptions& next) const noexcept {
    return options.codec == next.codec && options.payloads.audio == next.payloads.audio;
  }
  /// A re-INVITE with the same codec: what is buffered is not interrupted. What `next` has then is done with.
  void follow(Stream& next) noexcept {
    if (speaksAs(next.options)) {
      sender.dialAs(next.options.payloads.telephoneEvent, next.options.payloads.telephoneEventClockHz);
    } else {
      next.sender.adopt(sender);
      std::swap(sender, next.sender);
    }
    receiver.remap(next.options.codec, next.options.payloads);
    options = next.options;
  }
  /// Another codec: goes on where `before` stands.
  void succeed(Stream& before, std::int64_t tickNs) noexcept {
    sender.adopt(before.sender);
    receiver.succeed(before.receiver, tickNs);
  }

  StreamOptions options;
  Receiver receiver;
  Sender sender;
  Stream* nextRetired = nullptr;

 private:
  [[nodiscard]] bool speaksAs(const StreamOptions& next) const noexcept {
    return options.ptimeMs == next.ptimeMs && options.lineRateHz == next.lineRateHz &&
           options.opus == next.opus;
  }
};

}  // namespace oavc::engine
