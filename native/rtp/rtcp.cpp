#include "rtp/rtcp.h"

#include <algorithm>

#include "rtp/octets.h"

namespace oavc::rtp {
namespace {

enum PacketType : std::uint8_t { kSr = 200, kRr = 201, kSdes = 202, kBye = 203 };
constexpr std::size_t kInfoBytes = 20;
constexpr std::size_t kBlockBytes = 24;
constexpr std::uint8_t kCname = 1;

/// Appends to a buffer that is known to be large enough.
class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> out) noexcept : out_(out) {}
  void octet(std::uint8_t value) noexcept { out_[size_++] = value; }
  void word(std::uint32_t value) noexcept {
    store32(out_.data() + size_, value);
    size_ += 4;
  }
  /// Opens a packet; `close` writes its length in words less one.
  void open(std::uint8_t count, PacketType type) noexcept {
    start_ = size_;
    octet(static_cast<std::uint8_t>(0x80 | count));
    octet(type);
    size_ += 2;
  }
  void close() noexcept {
    while ((size_ - start_) % 4 != 0) octet(0);
    store16(out_.data() + start_ + 2, static_cast<std::uint16_t>((size_ - start_) / 4 - 1));
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
  std::size_t start_ = 0;
};

void writeSender(Writer& writer, const SenderInfo& sender) {
  writer.word(static_cast<std::uint32_t>(sender.ntp >> 32));
  writer.word(static_cast<std::uint32_t>(sender.ntp));
  writer.word(sender.timestamp);
  writer.word(sender.packets);
  writer.word(sender.octets);
}

void writeBlock(Writer& writer, const ReportBlock& block) {
  writer.word(block.ssrc);
  writer.word(std::uint32_t{block.fractionLost} << 24 |
              (static_cast<std::uint32_t>(block.cumulativeLost) & 0xFFFFFF));
  writer.word(block.highestSequence);
  writer.word(block.jitter);
  writer.word(block.lastReport);
  writer.word(block.delaySinceLastReport);
}

void writeCname(Writer& writer, const RtcpReport& report) {
  const auto cname = report.cname.substr(0, kMaxCnameBytes);
  writer.open(1, kSdes);
  writer.word(report.ssrc);
  writer.octet(kCname);
  writer.octet(static_cast<std::uint8_t>(cname.size()));
  for (const char character : cname) writer.octet(static_cast<std::uint8_t>(character));
  writer.octet(0);
  writer.close();
}

SenderInfo readSender(const std::uint8_t* at) {
  return {std::uint64_t{load32(at)} << 32 | load32(at + 4), load32(at + 8), load32(at + 12), load32(at + 16)};
}

ReportBlock readBlock(const std::uint8_t* at) {
  ReportBlock block;
  block.ssrc = load32(at);
  block.fractionLost = at[4];
  const std::uint32_t lost = load32(at + 4) & 0xFFFFFF;
  block.cumulativeLost = static_cast<std::int32_t>(lost << 8) >> 8;
  block.highestSequence = load32(at + 8);
  block.jitter = load32(at + 12);
  block.lastReport = load32(at + 16);
  block.delaySinceLastReport = load32(at + 20);
  return block;
}

/// `body` is a report without its 4-octet header. False when it is too short for what it announces.
bool readReport(std::span<const std::uint8_t> body, std::uint8_t type, std::size_t blocks,
                std::uint32_t ownSsrc, RtcpNews& news) {
  const std::size_t fixed = 4 + (type == kSr ? kInfoBytes : 0);
  if (body.size() < fixed + blocks * kBlockBytes) return false;
  news.senderSsrc = load32(body.data());
  if (type == kSr) news.sender = readSender(body.data() + 4);
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto block = readBlock(body.data() + fixed + i * kBlockBytes);
    if (block.ssrc == ownSsrc) news.block = block;
  }
  return true;
}

}  // namespace

std::size_t buildRtcp(const RtcpReport& report, std::span<std::uint8_t> out) noexcept {
  Writer writer(out);
  writer.open(report.block ? 1 : 0, report.sender ? kSr : kRr);
  writer.word(report.ssrc);
  if (report.sender) writeSender(writer, *report.sender);
  if (report.block) writeBlock(writer, *report.block);
  writer.close();
  writeCname(writer, report);
  if (report.bye) {
    writer.open(1, kBye);
    writer.word(report.ssrc);
    writer.close();
  }
  return writer.size();
}

std::optional<RtcpNews> parseRtcp(std::span<const std::uint8_t> datagram, std::uint32_t ownSsrc) noexcept {
  RtcpNews news;
  bool first = true;
  while (!datagram.empty()) {
    if (datagram.size() < 8 || datagram[0] >> 6 != 2) return std::nullopt;
    const std::uint8_t type = datagram[1];
    const std::size_t length = (std::size_t{load16(datagram.data() + 2)} + 1) * 4;
    if (length < 8 || length > datagram.size()) return std::nullopt;
    if (first && type != kSr && type != kRr) return std::nullopt;  // a compound begins with a report
    const auto body = datagram.subspan(4, length - 4);
    const bool report = type == kSr || type == kRr;
    if (report && !readReport(body, type, datagram[0] & 0x1F, ownSsrc, news)) return std::nullopt;
    if (type == kBye) news.bye = true;
    datagram = datagram.subspan(length);
    first = false;
  }
  if (first) return std::nullopt;
  return news;
}

std::optional<double> roundTripMs(const ReportBlock& block, std::uint32_t arrivalMiddle) noexcept {
  if (block.lastReport == 0) return std::nullopt;
  const std::uint32_t trip = arrivalMiddle - block.lastReport - block.delaySinceLastReport;
  if (static_cast<std::int32_t>(trip) < 0) return 0.0;  // clocks that disagree by a little
  return static_cast<double>(trip) * 1000 / 65536;
}

}  // namespace oavc::rtp
