#include "record/ogg_page.h"

#include <array>

#include "record/header.h"

namespace oavc::record {
namespace {

constexpr std::uint32_t kPolynomial = 0x04C11DB7;
constexpr std::size_t kChecksumAt = 22;
constexpr std::uint64_t kFirst = 2;  // flags of a page
constexpr std::uint64_t kLast = 4;

constexpr auto kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t rest = octet << 24;
    for (int bit = 0; bit < 8; ++bit) rest = rest << 1 ^ ((rest & 0x80000000U) != 0 ? kPolynomial : 0);
    table[octet] = rest;
  }
  return table;
}();

std::uint32_t checksum(std::span<const std::uint8_t> octets) {
  std::uint32_t sum = 0;
  for (const std::uint8_t octet : octets) sum = sum << 8 ^ kTable[(sum >> 24 ^ octet) & 0xFF];
  return sum;
}

}  // namespace

bool OggPages::add(std::span<const std::uint8_t> packet) {
  const std::size_t needed = packet.size() / 255 + 1;
  if (segments_.size() + needed > kMostSegments) return false;
  segments_.insert(segments_.end(), needed - 1, 255);
  segments_.push_back(static_cast<std::uint8_t>(packet.size() % 255));
  body_.insert(body_.end(), packet.begin(), packet.end());
  ++packets_;
  return true;
}

std::span<const std::uint8_t> OggPages::take(std::uint64_t granule, bool last) {
  Header head;
  head.text("OggS").number(0, 1).number((sequence_ == 0 ? kFirst : 0) | (last ? kLast : 0), 1);
  head.number(granule, 8).number(serial_, 4).number(sequence_++, 4).number(0, 4).number(segments_.size(), 1);
  const auto octets = head.octets();
  page_.assign(octets.begin(), octets.end());
  page_.insert(page_.end(), segments_.begin(), segments_.end());
  page_.insert(page_.end(), body_.begin(), body_.end());
  const std::uint32_t sum = checksum(page_);
  for (std::size_t i = 0; i < 4; ++i) page_[kChecksumAt + i] = static_cast<std::uint8_t>(sum >> (8 * i));
  segments_.clear();
  body_.clear();
  packets_ = 0;
  return page_;
}

}  // namespace oavc::record
