#include "addon/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace oavc::addon {

void dropPages(std::span<std::uint8_t> memory) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t into = reinterpret_cast<std::uintptr_t>(memory.data()) % page;
  const std::size_t before = std::min(memory.size(), (page - into) % page);
  const std::size_t whole = (memory.size() - before) / page * page;
  std::ranges::fill(memory.first(before), std::uint8_t{0});
  std::ranges::fill(memory.subspan(before + whole), std::uint8_t{0});
  if (whole > 0) madvise(memory.data() + before, whole, MADV_DONTNEED);
}

}  // namespace oavc::addon
