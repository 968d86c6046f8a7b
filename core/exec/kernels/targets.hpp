// Which instruction sets the kernels are compiled for. Include before <hwy/foreach_target.h>.
// Left out: SSSE3, which nothing since 2008 stops at, and sets whose vectors have no compile-time size, because
// the kernels keep arrays of vectors in registers. Under a sanitizer, which takes minutes a file and target, only the
// narrowest and the widest of x86 stay: what they share is the source.
#pragma once

#ifndef HWY_DISABLED_TARGETS
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RECUR_SANITIZED_OUT (HWY_SSE4 | HWY_AVX2)
#else
#define RECUR_SANITIZED_OUT 0
#endif
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | RECUR_SANITIZED_OUT)
#endif
