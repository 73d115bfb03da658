// Memory that its owner is done with, before the garbage collector knows it.
#pragma once

#include <cstdint>
#include <span>

namespace oavc::addon {

/**
 * Clears `memory` by giving its whole pages back to the system (madvise(2), MADV_DONTNEED). It stays valid:
 * whoever still reads finds zeros, and a write brings a page back.
 */
void dropPages(std::span<std::uint8_t> memory);

}  // namespace oavc::addon
