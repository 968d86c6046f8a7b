// Cases of the operators that only the host makes: adjoints, and what passes put in. Nobody differentiates these again,
// so they ask for no gradients; that they are the adjoints they claim to be is shown by the gradients of the others.
#include "operator_case.hpp"

namespace recur::exec {

using ir::Op;
using ir::ValueId;

const std::vector<OperatorCase>& host_operator_cases() {
  static const std::vector<OperatorCase> cases{
      {"pad_last_axis", [](CaseBuilder& b) -> Values { return {b.emit(Op::kPad, {b.fixed("x", {kN, 3})}, {1, 2, 7})}; }},
      {"pad_first_axis", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kPad, {b.fixed("x", {3, 5})}, {0, 0, 4})};
       }},
      {"gather_add", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kGatherAdd, {b.whole("index", {kT, kN}, 0, 5), b.fixed("d", {kT, kN, 3})}, {5})};
       }},
      {"put", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kPut, {b.whole("index", {kT, kN}, 0, 5), b.fixed("d", {kT, kN})}, {5})};
       }},
      {"scatter_time", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kScatterTime, {b.whole("index", {6, kN}, 0, 4), b.fixed("d", {6, kN, 5})}, {kT})};
       }},
      {"cross_entropy_gradient", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kCrossEntropyGradient, {b.fixed("logits", {kT, kN, 5}, -3, 3),
                                                    b.whole("index", {kT, kN}, 0, 5), b.fixed("d", {kT, kN})})};
       }},
      {"layer_norm_gradient", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kLayerNormGradient, {b.fixed("x", {kN, 5}), b.fixed("d", {kN, 5})}, {}, {1e-3})};
       }},
      {"length_mask", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kLengthMask, {b.whole("lengths", {kN}, 0, 5)}, {kT})};
       }},
      {"matmul_add_row", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kMatmulAdd, {b.fixed("a", {kT, kN, 5}), b.fixed("b", {5, 7}), b.fixed("c", {7})}, {0, 0})};
       }},
      {"matmul_add_full", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kMatmulAdd, {b.fixed("a", {kN, 5}), b.fixed("b", {7, 5}), b.fixed("c", {kN, 7})}, {0, 1})};
       }},
      {"matmul_add_left_transposed", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kMatmulAdd, {b.fixed("a", {5, kN}), b.fixed("b", {5, 7}), b.fixed("c", {kN, 7})}, {1, 0})};
       }},
      {"matmul_add_batched", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kMatmulAdd, {b.fixed("a", {kN, 2, 5}), b.fixed("b", {kN, 5, 7}), b.fixed("c", {kN, 2, 7})},
                        {0, 0})};
       }},
      {"tanh_gradient", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kTanhGradient, {b.fixed("y", {kN, 5}), b.fixed("d", {kN, 5})})};
       }},
      {"sigmoid_gradient", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kSigmoidGradient, {b.fixed("y", {kN, 5}, 0, 1), b.fixed("d", {kN, 5})})};
       }},
      {"outer_sum", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kOuterSum, {b.fixed("a", {kT, kN, 5}), b.fixed("b", {kT, kN, 7})})};
       }},
      {"outer_sum_of_rows", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kOuterSum, {b.fixed("a", {kN, 5}), b.fixed("b", {kN, 1})})};
       }},
  };
  return cases;
}

}  // namespace recur::exec
