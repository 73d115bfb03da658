// WAV, 16-bit PCM. The lengths in the header are brought up to date every few seconds, so that a file whose
// process was killed can still be played.
#pragma once
#include <vector>

#include "record/audio_file.h"

namespace oavc::record {

class WavFile final : public AudioFile {
 public:
  explicit WavFile(int descriptor);
  void write(std::span<const std::int16_t> stereo) override;
  void finish() override { writeLengths(); }

  static constexpr std::size_t kHeaderBytes = 44;

 private:
  void writeLengths() noexcept;

  Descriptor file_;
  std::vector<std::uint8_t> octets_;
  std::uint32_t dataBytes_ = 0;
  std::uint32_t writtenLength_ = 0;
};

}  // namespace oavc::record
