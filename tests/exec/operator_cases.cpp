// Cases of the operators that a plugin can ask for.
#include <cmath>

#include "case_maps.hpp"
#include "operator_case.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::Shape;
using ir::ValueId;

OperatorCase unary(Op op, double low, double high) {
  return {std::string(ir::name_of(op)),
          [=](CaseBuilder& b) -> Values { return {b.emit(op, {b.input("x", {kN, 7}, low, high)})}; }};
}

OperatorCase binary(Op op, const std::string& form, Shape a, Shape b_shape, double low_a = -1, double high_a = 1,
                    double low_b = -1, double high_b = 1) {
  return {std::string(ir::name_of(op)) + "_" + form, [=](CaseBuilder& b) -> Values {
            return {b.emit(op, {b.input("a", a, low_a, high_a), b.input("b", b_shape, low_b, high_b)})};
          }};
}

OperatorCase matmul(const std::string& form, Shape a, Shape b_shape, bool transpose_a, bool transpose_b) {
  return {"matmul_" + form, [=](CaseBuilder& b) -> Values {
            return {b.matmul(b.input("a", a), b.input("b", b_shape), transpose_a, transpose_b)};
          }};
}

// An operator with one input and attributes.
OperatorCase attributed(const std::string& name, Op op, Shape x, std::vector<int64_t> ints,
                        std::vector<double> reals = {}) {
  return {name, [=](CaseBuilder& b) -> Values { return {b.emit(op, {b.input("x", x)}, ints, reals)}; }};
}

std::vector<OperatorCase> element_cases() {
  std::vector<OperatorCase> cases{
      unary(Op::kNeg, -1, 1),        unary(Op::kAbs, -1, 1),     unary(Op::kExp, -2, 2),
      unary(Op::kLog, 0.3, 3),       unary(Op::kSqrt, 0.3, 3),   unary(Op::kSquare, -2, 2),
      unary(Op::kReciprocal, 0.5, 2), unary(Op::kTanh, -3, 3),   unary(Op::kSigmoid, -5, 5),
      unary(Op::kRelu, -1, 1),       unary(Op::kSoftplus, -5, 5), unary(Op::kSin, -4, 4),
      unary(Op::kCos, -4, 4),        unary(Op::kSign, -1, 1),    unary(Op::kRound, -3, 3),
      unary(Op::kFloor, -3, 3),
  };
  // Every form of broadcasting for the operators whose adjoints must add up what was repeated.
  for (const Op op : {Op::kAdd, Op::kSub, Op::kMul, Op::kDiv, Op::kMin, Op::kMax}) {
    const double low = op == Op::kDiv ? 0.5 : -1, high = op == Op::kDiv ? 2 : 1;
    cases.push_back(binary(op, "same_shape", {kN, 5}, {kN, 5}, -1, 1, low, high));
    cases.push_back(binary(op, "row", {kN, 5}, {5}, -1, 1, low, high));
    cases.push_back(binary(op, "column", {kN, 5}, {kN, 1}, -1, 1, low, high));
    cases.push_back(binary(op, "scalar", {kN, 5}, {}, -1, 1, low, high));
    cases.push_back(binary(op, "scalar_first", {}, {kN, 5}, -1, 1, low, high));
    cases.push_back(binary(op, "row_first", {5}, {kN, 5}, -1, 1, low, high));
    cases.push_back(binary(op, "both_ways", {kN, 1}, {1, 5}, -1, 1, low, high));
    cases.push_back(binary(op, "over_time", {kT, kN, 5}, {kN, 5}, -1, 1, low, high));
    cases.push_back(binary(op, "middle", {kT, 1, 5}, {kT, kN, 1}, -1, 1, low, high));
  }
  cases.push_back(binary(Op::kPow, "same_shape", {kN, 5}, {kN, 5}, 0.3, 2, -2, 2));
  cases.push_back(binary(Op::kPow, "scalar", {kN, 5}, {}, 0.3, 2, -2, 2));
  cases.push_back(binary(Op::kPow, "column_first", {kN, 1}, {kN, 5}, 0.3, 2, -2, 2));
  for (const Op op : {Op::kGreater, Op::kGreaterEqual}) cases.push_back(binary(op, "row", {kN, 5}, {5}));
  cases.push_back({"equal_of_whole_numbers", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kEqual, {b.whole("a", {kN, 5}, 0, 3), b.whole("b", {5}, 0, 3)})};
                   }});
  cases.push_back({"same_value_twice", [](CaseBuilder& b) -> Values {
                     const ValueId x = b.input("x", {kN, 5});
                     return {b.mul(x, x), b.sub(b.add(x, x), x)};
                   }});
  for (const bool wide : {false, true}) {
    cases.push_back({wide ? "select_broadcast" : "select", [=](CaseBuilder& b) -> Values {
                       const ValueId c = b.whole("c", wide ? Shape{kN, 1} : Shape{kN, 5}, 0, 2);
                       return {b.emit(Op::kSelect, {c, b.input("a", {kN, 5}), b.input("b", wide ? Shape{} : Shape{kN, 5})})};
                     }});
  }
  cases.push_back({"map_of_two", [](CaseBuilder& b) -> Values {
                     return {b.map(&sine_product_map(), {b.input("a", {kN, 5}), b.input("b", {kN, 5})})};
                   }});
  cases.push_back({"map_broadcast", [](CaseBuilder& b) -> Values {
                     return {b.map(&sine_product_map(), {b.input("a", {kN, 1}), b.input("b", {5})})};
                   }});
  cases.push_back({"map_of_one", [](CaseBuilder& b) -> Values { return {b.map(&cube_map(), {b.input("x", {kN, 5})})}; }});
  return cases;
}

std::vector<OperatorCase> product_cases() {
  return {
      matmul("plain", {kN, 5}, {5, 7}, false, false),
      matmul("right_transposed", {kN, 5}, {7, 5}, false, true),
      matmul("left_transposed", {5, kN}, {5, 7}, true, false),
      matmul("both_transposed", {5, kN}, {7, 5}, true, true),
      matmul("vector", {5}, {5, 7}, false, false),
      matmul("over_time", {kT, kN, 5}, {5, 7}, false, false),
      matmul("over_time_right_transposed", {kT, kN, 5}, {7, 5}, false, true),
      matmul("rank_four", {kT, kN, 2, 5}, {5, 7}, false, false),
      matmul("batched", {kN, 2, 5}, {kN, 5, 7}, false, false),
      matmul("batched_right_transposed", {kN, 2, 5}, {kN, 7, 5}, false, true),
      matmul("batched_left_transposed", {kN, 5, 2}, {kN, 5, 7}, true, false),
      matmul("batched_both_transposed", {kN, 5, 2}, {kN, 7, 5}, true, true),
      matmul("single_column", {kN, 5}, {5, 1}, false, false),
      matmul("inner_size_one", {kN, 1}, {1, 5}, false, false),
      {"matmul_by_itself", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {5, 5});
         return {b.matmul(x, x, false, true)};
       }},
      {"outer", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kOuter, {b.input("a", {kN, 5}), b.input("b", {kN, 7})})};
       }},
      {"matmul_plus_bias", [](CaseBuilder& b) -> Values {
         return {b.add(b.matmul(b.input("x", {kT, kN, 5}), b.input("W", {5, 7})), b.input("b", {7}))};
       }},
  };
}

std::vector<OperatorCase> layout_cases() {
  return {
      {"concat_last_axis", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kConcat, {b.input("a", {kN, 2}), b.input("b", {kN, 5}), b.input("c", {kN, 1})}, {-1})};
       }},
      {"concat_first_axis", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kConcat, {b.input("a", {2, 3}), b.input("b", {5, 3})}, {0})};
       }},
      {"concat_middle_axis", [](CaseBuilder& b) -> Values {
         return {b.emit(Op::kConcat, {b.input("a", {kN, 2, 3}), b.input("b", {kN, 1, 3})}, {1})};
       }},
      {"concat_of_the_same", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kN, 2});
         return {b.emit(Op::kConcat, {x, x}, {1})};
       }},
      attributed("slice_last_axis", Op::kSlice, {kN, 7}, {1, 2, 5}),
      attributed("slice_first_axis", Op::kSlice, {7, 3}, {0, 4, 7}),
      attributed("slice_middle_axis", Op::kSlice, {kT, 5, 3}, {1, 0, 2}),
      attributed("slice_negative_axis", Op::kSlice, {kN, 7}, {-1, 0, 1}),
      {"nested_slices_and_concats", [](CaseBuilder& b) -> Values {
         const ValueId both = b.emit(Op::kConcat, {b.input("a", {kN, 5}), b.input("b", {kN, 3})}, {1});
         const ValueId middle = b.slice(both, 1, 2, 7);  // three of a, two of b
         const ValueId turned = b.emit(Op::kConcat, {b.slice(middle, 1, 3, 5), b.slice(middle, 1, 0, 3)}, {1});
         return {b.mul(turned, b.slice(turned, 1, 1, 2)), b.slice(b.slice(turned, 1, 1, 4), 1, 1, 3)};
       }},
      {"split_into_four", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kN, 12});
         const ValueId i = b.slice(x, 1, 0, 3), f = b.slice(x, 1, 3, 6), c = b.slice(x, 1, 6, 9), o = b.slice(x, 1, 9, 12);
         return {b.mul(b.add(b.mul(i, c), f), o)};
       }},
      attributed("reshape_merging", Op::kReshape, {kN, 2, 3}, {kN, 6}),
      attributed("reshape_of_time_and_batch", Op::kReshape, {kT, kN, 3}, {kN, kT, 3}),
      attributed("reshape_to_columns", Op::kReshape, {kN}, {kN, 1}),
      attributed("transpose_matrix", Op::kTranspose, {kN, 5}, {1, 0}),
      attributed("transpose_cycle", Op::kTranspose, {kT, kN, 5}, {1, 2, 0}),
      attributed("transpose_rank_four", Op::kTranspose, {kT, kN, 2, 5}, {3, 1, 0, 2}),
      attributed("roll_up", Op::kRoll, {kN, 5}, {1, 2}),
      attributed("roll_down", Op::kRoll, {kN, 5}, {-1, -1}),
      attributed("roll_first_axis", Op::kRoll, {5, kN}, {0, 7}),
      attributed("broadcast_row", Op::kBroadcast, {5}, {kT, kN, 5}),
      attributed("broadcast_column", Op::kBroadcast, {kN, 1}, {kN, 5}),
      attributed("broadcast_scalar", Op::kBroadcast, {}, {kN, 5}),
  };
}

std::vector<OperatorCase> row_cases() {
  std::vector<OperatorCase> cases;
  for (const Op op : {Op::kSum, Op::kMean, Op::kReduceMax}) {
    const std::string name(ir::name_of(op));
    cases.push_back(attributed(name + "_last_axis", op, {kN, 5}, {0, -1}));
    cases.push_back(attributed(name + "_last_axis_kept", op, {kN, 5}, {1, 1}));
    cases.push_back(attributed(name + "_first_axis", op, {kT, kN, 5}, {0, 0}));
    cases.push_back(attributed(name + "_middle_axis_kept", op, {kT, kN, 5}, {1, 1}));
    cases.push_back(attributed(name + "_two_axes", op, {kT, kN, 5}, {0, 0, 2}));
    cases.push_back(attributed(name + "_all", op, {kT, kN, 5}, {0, 0, 1, 2}));
  }
  for (const Op op : {Op::kSoftmax, Op::kLogSoftmax}) {
    cases.push_back(attributed(std::string(ir::name_of(op)), op, {kN, 5}, {}));
    cases.push_back(attributed(std::string(ir::name_of(op)) + "_over_time", op, {kT, kN, 3}, {}));
  }
  cases.push_back(attributed("layer_norm", Op::kLayerNorm, {kN, 5}, {}, {1e-5}));
  cases.push_back(attributed("layer_norm_over_time", Op::kLayerNorm, {kT, kN, 7}, {}, {0.1}));
  cases.push_back({"layer_norm_with_gain_and_bias", [](CaseBuilder& b) -> Values {
                     const ValueId y = b.emit(Op::kLayerNorm, {b.input("x", {kN, 5})}, {}, {1e-3});
                     return {b.add(b.mul(y, b.input("gain", {5})), b.input("bias", {5}))};
                   }});
  cases.push_back({"cross_entropy", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kCrossEntropy, {b.input("logits", {kT, kN, 5}, -3, 3), b.whole("index", {kT, kN}, 0, 5)})};
                   }});
  cases.push_back({"gather", [](CaseBuilder& b) -> Values {  // more indices than rows, so some rows come twice
                     return {b.emit(Op::kGather, {b.input("table", {5, 3}), b.whole("index", {kT, kN}, 0, 5)})};
                   }});
  cases.push_back({"take", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kTake, {b.input("x", {kT, kN, 5}), b.whole("index", {kT, kN}, 0, 5)})};
                   }});
  cases.push_back({"gather_time", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kGatherTime, {b.input("x", {kT, kN, 5}), b.whole("index", {2, kN}, 0, 4)})};
                   }});
  cases.push_back({"gather_time_with_repetition", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kGatherTime, {b.input("x", {kT, kN, 2, 3}), b.whole("index", {6, kN}, 0, 4)})};
                   }});
  for (const Op op : {Op::kUniform, Op::kNormal}) {
    cases.push_back({std::string(ir::name_of(op)) + "_times_input", [=](CaseBuilder& b) -> Values {
                       return {b.mul(b.input("x", {kN, 5}), b.emit(op, {}, {kN, 5}))};
                     }});
  }
  cases.push_back({"constant", [](CaseBuilder& b) -> Values {
                     return {b.mul(b.input("x", {kN, 5}), b.constant(2.5, {kN, 5})), b.constant(-1, {kT, 2})};
                   }});
  // What these two give backward is by definition not the slope of what they give forward, so no gradient is asked for.
  cases.push_back({"stop_gradient", [](CaseBuilder& b) -> Values {
                     return {b.emit(Op::kStopGradient, {b.fixed("x", {kN, 5})})};
                   }});
  cases.push_back({"straight_through", [](CaseBuilder& b) -> Values {
                     const ValueId x = b.fixed("x", {kN, 5});
                     return {b.emit(Op::kStraightThrough, {b.emit(Op::kSign, {x}), x})};
                   }});
  return cases;
}

}  // namespace

const std::vector<OperatorCase>& operator_cases() {
  static const std::vector<OperatorCase> cases = [] {
    std::vector<OperatorCase> all;
    for (const std::vector<OperatorCase>& family : {element_cases(), product_cases(), layout_cases(), row_cases()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return cases;
}

}  // namespace recur::exec
