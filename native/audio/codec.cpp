#include "audio/codec.h"

#include "audio/g711_codec.h"
#include "audio/l16_codec.h"
#include "audio/opus_codec.h"

namespace oavc::audio {

std::unique_ptr<Decoder> makeDecoder(Codec codec) {
  if (codec == Codec::kOpus) return std::make_unique<OpusDecoding>();
  if (codec == Codec::kL16) return std::make_unique<L16Decoding>();
  return std::make_unique<G711Decoding>(codec == Codec::kPcmu ? Law::kMu : Law::kA);
}

std::unique_ptr<Encoder> makeEncoder(Codec codec, const OpusSettings& opus) {
  if (codec == Codec::kOpus) return std::make_unique<OpusEncoding>(opus);
  if (codec == Codec::kL16) return std::make_unique<L16Encoding>();
  return std::make_unique<G711Encoding>(codec == Codec::kPcmu ? Law::kMu : Law::kA);
}

}  // namespace oavc::audio
