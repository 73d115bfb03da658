#include "addon/large_blocks.h"

#include <malloc.h>

namespace oavc::addon {

void mapLargeBlocks() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

}  // namespace oavc::addon
