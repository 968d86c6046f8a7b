// Which instruction sets the kernels are compiled for. Include before <hwy/foreach_target.h>.
// Left out: SSSE3, which nothing since 2008 stops at, and sets whose vectors have no compile-time size, because
// the kernels keep arrays of vectors in registers.
#pragma once

#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
