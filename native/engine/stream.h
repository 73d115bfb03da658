// What one `start` made: both halves and the RTCP of a negotiated stream. Built by the control thread,
// because it allocates; then the media thread's own until it is retired.
#pragma once
#include "engine/receiver.h"
#include "engine/reporter.h"
#include "engine/sender.h"

namespace oavc::engine {

struct StreamOptions {
  Endpoint remote;
  audio::Codec codec = audio::Codec::kPcmu;
  PayloadMap payloads;
  int ptimeMs = 20;
  bool sends = true;
  bool receives = true;
};

struct Stream {
  Stream(const StreamOptions& given, const jitter::Limits& limits, const SenderNumbers& numbers)
      : options(given),
        receiver(given.codec, given.payloads, given.remote, limits),
        sender({given.codec, static_cast<std::uint8_t>(given.payloads.audio), given.payloads.telephoneEvent,
                given.ptimeMs},
               numbers),
        reporter(numbers.ssrc) {}

  /// A re-INVITE that changes only address or direction does not interrupt what is buffered.
  [[nodiscard]] bool continuesAs(const StreamOptions& next) const noexcept {
    return options.codec == next.codec && options.payloads.audio == next.payloads.audio &&
           options.payloads.telephoneEvent == next.payloads.telephoneEvent && options.ptimeMs == next.ptimeMs;
  }

  StreamOptions options;
  Receiver receiver;
  Sender sender;
  Reporter reporter;
  Stream* nextRetired = nullptr;
};

}  // namespace oavc::engine
