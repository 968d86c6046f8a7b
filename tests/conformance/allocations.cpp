#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local size_t count = 0;
}

namespace recur::conformance {
size_t allocations() { return count; }
}  // namespace recur::conformance

// Replacing these two is enough: the array forms and the nothrow forms call them.
void* operator new(size_t size) {
  ++count;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void* operator new(size_t size, std::align_val_t alignment) {
  ++count;
  const auto align = static_cast<size_t>(alignment);
  if (void* p = std::aligned_alloc(align, (size + align - 1) / align * align)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
