// Counts the calls of operator new in a program that links allocations.cpp.
#pragma once

#include <cstddef>

namespace recur::conformance {

size_t allocations();  // by the calling thread so far

}  // namespace recur::conformance
