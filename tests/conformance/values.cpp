// Values and gradients of a cell: what it records is differentiated rightly, and computed the same in every form.
#include <fmt/format.h>

#include "conformance.hpp"
#include "frozen_steps.hpp"
#include "layer_run.hpp"

namespace recur::conformance {
namespace {

constexpr LayerSizes kSmall{.T = 4, .N = 3, .I = 3, .H = 4};
constexpr LayerSizes kOdd{.T = 7, .N = 5, .I = 19, .H = 37};

}  // namespace

Finding gradients_equal_central_differences(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kSmall.I, kSmall.H, cell.hypers);
  for (const bool lengths : {false, true}) {
    const LayerProgram layer = layer_program(instance, kSmall, lengths);
    const Numbers drawn = draw_inputs(layer, kSmall, 1);
    const Numbers gradients = run_reference(layer, drawn, true);
    auto [smooth, inputs] = freeze_steps(layer, drawn);
    const exec::Reference reference(smooth.program);
    for (const std::string& name : layer.differentiable) {
      for (size_t i = 0; i < inputs[name].data.size(); ++i) {
        double& value = inputs[name].data[i];
        const double at = value, step = 1e-5;
        value = at + step;
        const double above = reference.run(inputs, kNoise)[0].data[0];
        value = at - step;
        const double below = reference.run(inputs, kNoise)[0].data[0];
        value = at;
        const double slope = (above - below) / (2 * step), gradient = gradients.at("d:" + name).data[i];
        if (!(std::abs(slope - gradient) <= 1e-6 * std::max(1.0, std::abs(slope))))
          return fmt::format("the gradient by {}[{}]{} is {}, the slope {}", name, i, lengths ? " with lengths" : "", gradient, slope);
      }
    }
  }
  return "";
}

Finding single_precision_equals_double(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kOdd.I, kOdd.H, cell.hypers);
  for (const bool lengths : {false, true}) {
    const LayerProgram layer = layer_program(instance, kOdd, lengths);
    const Numbers inputs = draw_inputs(layer, kOdd, 2);
    const Finding finding = difference(run_native(layer, inputs, true), run_reference(layer, inputs, true), 1e-4, lengths ? "with lengths" : "without lengths");
    if (!finding.empty()) return finding;
  }
  return "";
}

Finding lowered_equals_recorded(const plugin::Registry& registry, const CellUnderTest& cell) {
  const plugin::CellInstance instance = registry.make(cell.id, kOdd.I, kOdd.H, cell.hypers);
  if (instance.lowers_to().empty()) return "";
  const LayerProgram layer = layer_program(instance, kOdd);
  const Numbers inputs = draw_inputs(layer, kOdd, 3);
  for (const bool gradients : {false, true}) {
    const Finding finding = difference(run_native(layer, inputs, gradients, exec::Path::kLowered), run_reference(layer, inputs, gradients), 1e-4,
                                       instance.lowers_to() + (gradients ? " in training" : " in inference"));
    if (!finding.empty()) return finding;
  }
  return "";
}

}  // namespace recur::conformance
