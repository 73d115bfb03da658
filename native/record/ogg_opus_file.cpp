#include "record/ogg_opus_file.h"

#include <opus_multistream.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <random>
#include <system_error>

#include "record/header.h"

namespace oavc::record {
namespace {

constexpr std::size_t kChannels = 2;
constexpr std::size_t kFrame = kTickSamples * kChannels;
constexpr std::size_t kPacketsOfAPage = 50;  // a second
constexpr std::uint64_t kGranules = 48000 / kRateHz;
constexpr int kBitrate = 48000;  // of both
constexpr int kComplexity = 3;   // nobody waits for it, but it shares the machine with the calls

}  // namespace

void OggOpusFile::Free::operator()(OpusMSEncoder* encoder) const noexcept {
  opus_multistream_encoder_destroy(encoder);
}

OggOpusFile::OggOpusFile(int descriptor) : file_(descriptor), pages_(std::random_device{}()) {
  constexpr std::array<unsigned char, kChannels> mapping{0, 1};
  int error = OPUS_OK;
  encoder_.reset(opus_multistream_encoder_create(kRateHz, kChannels, kChannels, 0, mapping.data(),
                                                 OPUS_APPLICATION_VOIP, &error));
  if (!encoder_) throw std::bad_alloc();
  opus_multistream_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(kBitrate));
  opus_multistream_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(kComplexity));
  opus_int32 lookahead = 0;
  opus_multistream_encoder_ctl(encoder_.get(), OPUS_GET_LOOKAHEAD(&lookahead));
  skip_ = static_cast<std::uint32_t>(lookahead) * kGranules;
  writeHeaders();
}

/// RFC 7845 5.1 and 5.2.
void OggOpusFile::writeHeaders() {
  Header head;
  head.text("OpusHead").number(1, 1).number(kChannels, 1).number(skip_, 2).number(kRateHz, 4);
  head.number(0, 2);                       // gain
  head.number(1, 1);                       // mapping family: left, right
  head.number(kChannels, 1).number(0, 1);  // as many streams, none of them coupled
  head.number(0, 1).number(1, 1);
  pages_.add(head.octets());
  file_.write(pages_.take(0, false));
  Header tags;
  tags.text("OpusTags").number(4, 4).text("oavc").number(0, 4);
  pages_.add(tags.octets());
  file_.write(pages_.take(0, false));
}

void OggOpusFile::write(std::span<const std::int16_t> stereo) {
  pending_.insert(pending_.end(), stereo.begin(), stereo.end());
  samples_ += stereo.size() / kChannels;
  encodePending();
}

void OggOpusFile::encodePending() {
  std::size_t at = 0;
  for (; pending_.size() - at >= kFrame; at += kFrame) {
    const int octets = opus_multistream_encode(encoder_.get(), pending_.data() + at, kTickSamples,
                                               packet_.data(), static_cast<opus_int32>(packet_.size()));
    if (octets < 0) throw std::system_error(EINVAL, std::generic_category(), "encoding a recording");
    const auto packet = std::span(packet_).first(static_cast<std::size_t>(octets));
    if (pages_.packets() == kPacketsOfAPage || !pages_.add(packet)) {
      writePage(false);
      pages_.add(packet);
    }
    encoded_ += kTickSamples;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
}

/// What the encoder is behind is pushed out with silence; the position of the last page cuts the rest off.
void OggOpusFile::finish() {
  while (encoded_ * kGranules < samples_ * kGranules + skip_) {
    pending_.resize(kFrame);
    encodePending();
  }
  writePage(true);
}

void OggOpusFile::writePage(bool last) {
  file_.write(pages_.take(last ? samples_ * kGranules + skip_ : encoded_ * kGranules, last));
}

}  // namespace oavc::record
