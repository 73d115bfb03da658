// How the C library keeps large blocks.
#pragma once

namespace oavc::addon {

/**
 * Gives every block of 128 KiB and more a mapping of its own for the life of the process, so that the rings
 * of a call go back to the system whole when they are collected. Left alone, glibc raises that threshold at
 * the first ring that is freed, and later rings lie on the heap among longer-lived blocks, which then never
 * shrinks (mallopt(3)).
 */
void mapLargeBlocks();

}  // namespace oavc::addon
