#include "record/audio_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "record/ogg_opus_file.h"
#include "record/wav_file.h"

namespace oavc::record {

Descriptor::~Descriptor() {
  ::close(number_);
}

void Descriptor::write(std::span<const std::uint8_t> octets) const {
  while (!octets.empty()) {
    const ssize_t count = ::write(number_, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category(), "writing a recording");
    octets = octets.subspan(static_cast<std::size_t>(count));
  }
}

void Descriptor::writeAt(std::span<const std::uint8_t> octets, std::int64_t offset) const noexcept {
  [[maybe_unused]] const ssize_t count = ::pwrite(number_, octets.data(), octets.size(), offset);
}

std::unique_ptr<AudioFile> makeAudioFile(Format format, int descriptor) {
  if (format == Format::kOpus) return std::make_unique<OggOpusFile>(descriptor);
  return std::make_unique<WavFile>(descriptor);
}

std::unique_ptr<AudioFile> createAudioFile(const std::string& path, Format format) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "creating " + path);
  return makeAudioFile(format, descriptor);
}

}  // namespace oavc::record
