#include "test_registry.hpp"

namespace recur::conformance {

const plugin::Registry& test_registry() {
  static const plugin::Registry found([] {
    plugin::ScanOptions options;
    options.paths = {RECUR_TEST_PLUGINS, RECUR_TEST_FIXTURES};
    options.environment = "";
    options.tree = std::vector<std::filesystem::path>{};
    options.cache = "";
    options.probe = RECUR_TEST_PROBE;
    return options;
  }());
  return found;
}

}  // namespace recur::conformance
