#include "record/wav_file.h"

#include <cerrno>
#include <limits>
#include <system_error>

#include "record/header.h"

namespace oavc::record {
namespace {

constexpr std::uint32_t kChannels = 2;
constexpr std::uint32_t kBytesPerSecond = kRateHz * kChannels * 2;
constexpr std::uint32_t kLengthsEvery = 5 * kBytesPerSecond;
constexpr std::uint32_t kMostBytes = std::numeric_limits<std::uint32_t>::max() - 1024;  // 18 hours

Header header(std::uint32_t dataBytes) {
  Header out;
  out.text("RIFF").number(dataBytes + WavFile::kHeaderBytes - 8, 4).text("WAVEfmt ").number(16, 4);
  out.number(1, 2).number(kChannels, 2).number(kRateHz, 4);  // 1: PCM
  out.number(kBytesPerSecond, 4).number(std::uint64_t{kChannels} * 2, 2).number(16, 2);
  out.text("data").number(dataBytes, 4);
  return out;
}

}  // namespace

WavFile::WavFile(int descriptor) : file_(descriptor) {
  file_.write(header(0).octets());
}

void WavFile::write(std::span<const std::int16_t> stereo) {
  const auto bytes = static_cast<std::uint32_t>(stereo.size_bytes());
  if (dataBytes_ > kMostBytes - bytes)
    throw std::system_error(EFBIG, std::generic_category(), "writing a recording");
  octets_.resize(bytes);
  for (std::size_t i = 0; i < stereo.size(); ++i) {
    const auto value = static_cast<std::uint16_t>(stereo[i]);
    octets_[2 * i] = static_cast<std::uint8_t>(value);
    octets_[2 * i + 1] = static_cast<std::uint8_t>(value >> 8);
  }
  file_.write(octets_);
  dataBytes_ += bytes;
  if (dataBytes_ - writtenLength_ >= kLengthsEvery) writeLengths();
}

void WavFile::writeLengths() noexcept {
  file_.writeAt(header(dataBytes_).octets(), 0);
  writtenLength_ = dataBytes_;
}

}  // namespace oavc::record
