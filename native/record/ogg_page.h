// Ogg pages (RFC 3533): a page holds whole packets, none of them longer than a page.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace oavc::record {

class OggPages {
 public:
  explicit OggPages(std::uint32_t serial) noexcept : serial_(serial) {}
  /// False when the page has no room for it: take the page first.
  bool add(std::span<const std::uint8_t> packet);
  /// The page with what was added; empty before the next `take`. `granule` is the position after its last
  /// packet.
  std::span<const std::uint8_t> take(std::uint64_t granule, bool last);
  [[nodiscard]] std::size_t packets() const noexcept { return packets_; }

 private:
  static constexpr std::size_t kMostSegments = 255;

  std::uint32_t serial_;
  std::uint32_t sequence_ = 0;
  std::size_t packets_ = 0;
  std::vector<std::uint8_t> segments_;
  std::vector<std::uint8_t> body_;
  std::vector<std::uint8_t> page_;
};

}  // namespace oavc::record
