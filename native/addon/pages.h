// Memory that its owner is done with, before the garbage collector knows it.
#pragma once

#include <cstdint>
#include <span>

namespace oavc::addon {

/**
 * Gives the whole pages of `memory` back to the system (madvise(2), MADV_DONTNEED). It stays valid: whoever
 * still reads finds zeros, and a write brings a page back. The few octets in pages that are shared with
 * neighbours stay as they are.
 */
void dropPages(std::span<std::uint8_t> memory);

}  // namespace oavc::addon
