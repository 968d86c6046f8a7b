#include "recur/sweep/registry_cells.hpp"

namespace recur::sweep {
namespace {

Hyper hyper_of(const plugin::HyperInfo& info) {
  Hyper hyper{info.name, info.fallback, {.help = info.help, .choices = info.choices}};
  if (info.type == RECUR_INT || info.type == RECUR_REAL) {
    hyper.field.min = info.min;
    hyper.field.max = info.max;
  }
  return hyper;
}

}  // namespace

std::shared_ptr<const Cells> cells_of(const plugin::Registry& registry) {
  auto cells = std::make_shared<Cells>();
  for (const std::string& id : registry.ids()) {
    const plugin::CellInfo& info = registry.describe(id).cell;
    Cell cell{id, info.summary, {}};
    for (const plugin::HyperInfo& hyper : info.hypers) cell.hyper.push_back(hyper_of(hyper));
    cells->push_back(std::move(cell));
  }
  return cells;
}

}  // namespace recur::sweep
