// A file of two channels at 16 kHz, int16. Opened, written and closed on the recorder's thread: all of it may
// block.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "record/recording.h"

namespace oavc::record {

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  /// Throws std::system_error.
  void write(std::span<const std::uint8_t> octets) const;
  /// Overwrites at a place; does nothing where the file has no places.
  void writeAt(std::span<const std::uint8_t> octets, std::int64_t offset) const noexcept;

 private:
  int number_;
};

class AudioFile {
 public:
  virtual ~AudioFile() = default;
  /// Interleaved samples, left first. Throws std::system_error.
  virtual void write(std::span<const std::int16_t> stereo) = 0;
  /// Makes the file whole. Throws std::system_error.
  virtual void finish() = 0;
};

/// Takes the descriptor over.
std::unique_ptr<AudioFile> makeAudioFile(Format format, int descriptor);
/// A new file that only the owner may read. Throws std::system_error, also where the path is taken.
std::unique_ptr<AudioFile> createAudioFile(const std::string& path, Format format);

}  // namespace oavc::record
