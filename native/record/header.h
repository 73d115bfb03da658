// Builds the head of a file or page: text, and numbers with the least significant octet first.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace oavc::record {

class Header {
 public:
  Header& text(std::string_view characters) noexcept {
    for (const char character : characters) octets_[size_++] = static_cast<std::uint8_t>(character);
    return *this;
  }
  Header& number(std::uint64_t value, int octets) noexcept {
    for (int i = 0; i < octets; ++i) octets_[size_++] = static_cast<std::uint8_t>(value >> (8 * i));
    return *this;
  }
  [[nodiscard]] std::span<const std::uint8_t> octets() const noexcept {
    return std::span(octets_).first(size_);
  }

 private:
  std::array<std::uint8_t, 64> octets_{};
  std::size_t size_ = 0;
};

}  // namespace oavc::record
