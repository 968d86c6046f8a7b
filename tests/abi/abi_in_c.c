/* Compiled as C11: the header, its layout, and a descriptor as a plugin in C would write it. */
#include <recur/abi.h>

#include "layout.h"

#define CHECK_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type);
#define CHECK_OFFSET(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member);
RECUR_LAYOUT_SIZES(CHECK_SIZE)
RECUR_LAYOUT_MEMBERS(CHECK_OFFSET)

const recur_plugin* describe_in_c(void);
const recur_plugin* describe_in_c(void) {
  static const recur_plugin plugin = {sizeof(recur_plugin), RECUR_ABI_MAJOR, RECUR_ABI_MINOR, "none", "C11", 0, 0};
  return &plugin;
}
