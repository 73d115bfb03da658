// Opus in Ogg (RFC 7845): two streams of one channel each, so that nothing of one side leaks into the other.
#pragma once
#include <array>
#include <vector>

#include "record/audio_file.h"
#include "record/ogg_page.h"

struct OpusMSEncoder;

namespace oavc::record {

class OggOpusFile final : public AudioFile {
 public:
  explicit OggOpusFile(int descriptor);
  void write(std::span<const std::int16_t> stereo) override;
  void finish() override;

 private:
  struct Free {
    void operator()(OpusMSEncoder* encoder) const noexcept;
  };
  void writeHeaders();
  void encodePending();
  void writePage(bool last);

  Descriptor file_;
  std::unique_ptr<OpusMSEncoder, Free> encoder_;
  OggPages pages_;
  std::vector<std::int16_t> pending_;  // interleaved, less than a frame after each write
  std::array<std::uint8_t, 4000> packet_{};
  std::uint64_t samples_ = 0;  // written so far, of one channel
  std::uint64_t encoded_ = 0;
  std::uint32_t skip_ = 0;  // samples at 48 kHz that the encoder is behind
};

}  // namespace oavc::record
