// Cases of scan: directions, lengths and resets, what may be carried, and what a body may use from outside.
#include "operator_case.hpp"

namespace recur::exec {
namespace {

using ir::kNone;
using ir::Op;
using ir::Shape;
using ir::ValueId;

constexpr int64_t kI = 5, kH = 3;

ValueId sigmoid(CaseBuilder& b, ValueId x) { return b.emit(Op::kSigmoid, {x}); }
ValueId tanh(CaseBuilder& b, ValueId x) { return b.emit(Op::kTanh, {x}); }
ValueId one_minus(CaseBuilder& b, ValueId x) { return b.sub(b.constant(1), x); }
ValueId part(CaseBuilder& b, ValueId x, int64_t gate) { return b.slice(x, -1, gate * kH, (gate + 1) * kH); }

struct Direction {
  std::string name;
  bool reverse = false, lengths = false, resets = false;
};

// A vanilla recurrence: everything that a scan can be asked for around the smallest body.
Values vanilla(CaseBuilder& b, const Direction& d) {
  const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, kH}), U = b.input("U", {kH, kH}),
                bias = b.input("b", {kH}), h0 = b.input("h0", {kN, kH});
  const ValueId lengths = d.lengths ? b.whole("lengths", {kN}, 1, 5) : kNone;
  const ValueId resets = d.resets ? b.whole("resets", {kT, kN}, 0, 2) : kNone;
  const auto in = b.begin_scan({x}, {h0}, d.reverse, lengths, resets);
  const ValueId h = tanh(b, b.add(b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U)), bias));
  const auto out = b.end_scan({h}, {h}, "vanilla");
  return {out.stacked[0], out.final_states[0]};
}

// LSTM with peepholes (Gers, Schmidhuber, 2000): two carries, weights used element by element and in products.
Values lstm(CaseBuilder& b, const Direction& d) {
  const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, 4 * kH}), U = b.input("U", {kH, 4 * kH}),
                bias = b.input("b", {4 * kH}), peep_i = b.input("peep_i", {kH}), peep_f = b.input("peep_f", {kH}),
                peep_o = b.input("peep_o", {kH}), h0 = b.input("h0", {kN, kH}), c0 = b.input("c0", {kN, kH});
  const ValueId lengths = d.lengths ? b.whole("lengths", {kN}, 1, 5) : kNone;
  const ValueId resets = d.resets ? b.whole("resets", {kT, kN}, 0, 2) : kNone;
  const auto in = b.begin_scan({x}, {h0, c0}, d.reverse, lengths, resets);
  const ValueId c_before = in.states[1];
  const ValueId gates = b.add(b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U)), bias);
  const ValueId i = sigmoid(b, b.add(part(b, gates, 0), b.mul(c_before, peep_i)));
  const ValueId f = sigmoid(b, b.add(part(b, gates, 1), b.mul(c_before, peep_f)));
  const ValueId c = b.add(b.mul(f, c_before), b.mul(i, tanh(b, part(b, gates, 2))));
  const ValueId o = sigmoid(b, b.add(part(b, gates, 3), b.mul(c, peep_o)));
  const ValueId h = b.mul(o, tanh(b, c));
  const auto out = b.end_scan({h, c}, {h}, "lstm");
  return {out.stacked[0], out.final_states[0], out.final_states[1]};
}

Values gru(CaseBuilder& b, bool reset_after) {
  const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, 3 * kH}), U = b.input("U", {kH, 2 * kH}),
                V = b.input("V", {kH, kH}), bias = b.input("b", {3 * kH}), inner = b.input("b_inner", {kH}),
                h0 = b.input("h0", {kN, kH});
  const auto in = b.begin_scan({x}, {h0});
  const ValueId before = in.states[0];
  const ValueId a = b.add(b.matmul(in.x_t[0], W), bias), recurrent = b.matmul(before, U);
  const ValueId u = sigmoid(b, b.add(part(b, a, 0), part(b, recurrent, 0)));
  const ValueId r = sigmoid(b, b.add(part(b, a, 1), part(b, recurrent, 1)));
  const ValueId inside = reset_after ? b.mul(r, b.add(b.matmul(before, V), inner)) : b.matmul(b.mul(r, before), V);
  const ValueId k = tanh(b, b.add(part(b, a, 2), inside));
  const ValueId h = b.add(b.mul(u, before), b.mul(one_minus(b, u), k));
  const auto out = b.end_scan({h}, {h}, "gru");
  return {out.stacked[0], out.final_states[0]};
}

std::vector<OperatorCase> cell_cases() {
  std::vector<OperatorCase> cases;
  const std::vector<Direction> directions{
      {"forward"},           {"reverse", true},
      {"lengths", false, true}, {"reverse_lengths", true, true},
      {"resets", false, false, true}, {"reverse_resets", true, false, true},
      {"lengths_resets", false, true, true}, {"reverse_lengths_resets", true, true, true}};
  for (const Direction& d : directions) {
    cases.push_back({"scan_vanilla_" + d.name, [=](CaseBuilder& b) { return vanilla(b, d); }});
    cases.push_back({"scan_lstm_peephole_" + d.name, [=](CaseBuilder& b) { return lstm(b, d); }});
  }
  cases.push_back({"scan_gru_reset_after", [](CaseBuilder& b) { return gru(b, true); }});
  cases.push_back({"scan_gru_reset_before", [](CaseBuilder& b) { return gru(b, false); }});
  cases.push_back({"scan_minimal_gated_unit", [](CaseBuilder& b) -> Values {
    const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, 2 * kH}), U = b.input("U", {kH, kH}),
                  V = b.input("V", {kH, kH}), h0 = b.input("h0", {kN, kH});
    const auto in = b.begin_scan({x}, {h0});
    const ValueId a = b.matmul(in.x_t[0], W);
    const ValueId f = sigmoid(b, b.add(part(b, a, 0), b.matmul(in.states[0], U)));
    const ValueId k = tanh(b, b.add(part(b, a, 1), b.matmul(b.mul(f, in.states[0]), V)));
    const ValueId h = b.add(b.mul(one_minus(b, f), in.states[0]), b.mul(f, k));
    const auto out = b.end_scan({h}, {h});
    return {out.stacked[0]};
  }});
  return cases;
}

std::vector<OperatorCase> body_cases() {
  return {
      {"scan_only_final_state", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), h0 = b.input("h0", {kN, kH}), U = b.input("U", {kH, kH});
         const auto in = b.begin_scan({x}, {h0});
         return b.end_scan({tanh(b, b.add(in.x_t[0], b.matmul(in.states[0], U)))}, {}).final_states;
       }},
      {"scan_without_state", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, kH});
         const auto in = b.begin_scan({x}, {});
         return b.end_scan({}, {tanh(b, b.matmul(in.x_t[0], W))}).stacked;
       }},
      {"scan_state_passed_on_and_input_ignored", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kI}), h0 = b.input("h0", {kN, kH}), s0 = b.input("s0", {kN, kH});
         const auto in = b.begin_scan({x}, {h0, s0});
         const ValueId h = tanh(b, b.add(in.states[0], in.states[1]));
         const auto out = b.end_scan({h, in.states[1]}, {in.states[0]});
         return {out.final_states[0], out.final_states[1], out.stacked[0]};
       }},
      {"scan_output_made_of_what_never_changes", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), h0 = b.input("h0", {kN, kH}), U = b.input("U", {kH, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId same = b.matmul(h0, U);
         const auto out = b.end_scan({tanh(b, b.add(in.states[0], in.x_t[0]))}, {same, tanh(b, same), h0});
         return {out.stacked[0], out.stacked[1], out.stacked[2], out.final_states[0]};
       }},
      {"scan_output_a_product_of_what_never_changes", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), w = b.input("w", {kH}), U = b.input("U", {kH, kH});
         const auto in = b.begin_scan({x}, {b.input("h0", {kN, kH})});
         return b.end_scan({tanh(b, in.states[0])}, {b.matmul(w, U)}).stacked;
       }},
      {"scan_states_changing_places", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), h0 = b.input("h0", {kN, kH}), s0 = b.input("s0", {kN, kH});
         const auto in = b.begin_scan({x}, {h0, s0});
         const auto out = b.end_scan({in.states[1], tanh(b, b.mul(in.states[0], in.x_t[0]))}, {in.x_t[0]});
         return {out.final_states[0], out.final_states[1], out.stacked[0]};
       }},
      {"scan_start_from_weight", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), start = b.input("start", {kH}), U = b.input("U", {kH, kH});
         const ValueId h0 = b.emit(Op::kBroadcast, {start}, {kN, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId h = tanh(b, b.add(in.x_t[0], b.matmul(in.states[0], U)));
         return b.end_scan({h}, {h}).stacked;
       }},
      {"scan_invariant_of_each_sequence", [](CaseBuilder& b) -> Values {  // attention over what came before the scan
         const ValueId x = b.input("x", {kT, kN, kH}), memory = b.input("memory", {kN, 2, kH}),
                       h0 = b.input("h0", {kN, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId query = b.reshape(b.add(in.x_t[0], in.states[0]), {kN, 1, kH});
         const ValueId weights = b.emit(Op::kSoftmax, {b.matmul(query, memory, false, true)});
         const ValueId h = tanh(b, b.reshape(b.matmul(weights, memory), {kN, kH}));
         const auto out = b.end_scan({h}, {h});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_memory_matrix", [](CaseBuilder& b) -> Values {  // a state of rank 3, written by outer products
         const ValueId x = b.input("x", {kT, kN, kH}), m0 = b.input("m0", {kN, 2, kH}), K = b.input("K", {kH, 2});
         const auto in = b.begin_scan({x}, {m0});
         const ValueId address = b.emit(Op::kSoftmax, {b.matmul(in.x_t[0], K)});
         const ValueId written = b.add(in.states[0], b.emit(Op::kOuter, {address, in.x_t[0]}));
         const ValueId read = b.matmul(b.reshape(address, {kN, 1, 2}), written);
         const auto out = b.end_scan({tanh(b, written)}, {b.reshape(read, {kN, kH})});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_memory_matrix_with_lengths_and_resets", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), m0 = b.input("m0", {kN, 2, kH}), K = b.input("K", {kH, 2});
         const ValueId lengths = b.whole("lengths", {kN}, 1, 5), resets = b.whole("resets", {kT, kN}, 0, 2);
         const auto in = b.begin_scan({x}, {m0}, false, lengths, resets);
         const ValueId m = tanh(b, b.add(in.states[0], b.emit(Op::kOuter, {b.matmul(in.x_t[0], K), in.x_t[0]})));
         const auto out = b.end_scan({m}, {b.sum(m, {1})});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_layer_norm_and_softmax_inside", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kI}), W = b.input("W", {kI, kH}), U = b.input("U", {kH, kH}),
                       gain = b.input("gain", {kH}), h0 = b.input("h0", {kN, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId a = b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U));
         const ValueId h = tanh(b, b.mul(b.emit(Op::kLayerNorm, {a}, {}, {1e-2}), gain));
         const auto out = b.end_scan({h}, {b.emit(Op::kLogSoftmax, {h}), b.emit(Op::kReduceMax, {h}, {1, 1})});
         return {out.stacked[0], out.stacked[1], out.final_states[0]};
       }},
      {"scan_slices_concats_and_rolls_inside", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kI}), h0 = b.input("h0", {kN, kH}), W = b.input("W", {kI + kH, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId joined = b.emit(Op::kConcat, {in.x_t[0], in.states[0]}, {1});
         const ValueId turned = b.emit(Op::kRoll, {b.matmul(joined, W)}, {1, 1});
         const ValueId h = b.emit(Op::kConcat, {tanh(b, b.slice(turned, 1, 1, kH)), b.slice(in.states[0], 1, 0, 1)}, {1});
         const auto out = b.end_scan({h}, {b.slice(joined, 1, 2, 7)});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_noise_inside", [](CaseBuilder& b) -> Values {  // other numbers at each step, and the same going backward
         const ValueId x = b.input("x", {kT, kN, kH}), h0 = b.input("h0", {kN, kH}), U = b.input("U", {kH, kH});
         const auto in = b.begin_scan({x}, {h0});
         const ValueId keep = b.emit(Op::kGreater, {b.emit(Op::kUniform, {}, {kN, kH}), b.constant(0.3)});
         const ValueId h = tanh(b, b.add(b.mul(in.x_t[0], b.emit(Op::kNormal, {}, {kN, kH})),
                                         b.matmul(b.mul(in.states[0], keep), U)));
         const auto out = b.end_scan({h}, {h});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_embedding_and_loss_inside", [](CaseBuilder& b) -> Values {
         const ValueId tokens = b.whole("tokens", {kT, kN}, 0, 5), targets = b.whole("targets", {kT, kN}, 0, 4),
                       table = b.input("table", {5, kH}), U = b.input("U", {kH, kH}), O = b.input("O", {kH, 4}),
                       h0 = b.input("h0", {kN, kH});
         const auto in = b.begin_scan({tokens, targets}, {h0});
         const ValueId h = tanh(b, b.add(b.emit(Op::kGather, {table, in.x_t[0]}), b.matmul(in.states[0], U)));
         return b.end_scan({h}, {b.emit(Op::kCrossEntropy, {b.matmul(h, O), in.x_t[1]})}).stacked;
       }},
      {"scan_two_inputs_with_shared_weight", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), y = b.input("y", {kT, kN, kH}), W = b.input("W", {kH, kH}),
                       h0 = b.input("h0", {kN, kH});
         const auto in = b.begin_scan({x, y}, {h0});
         const ValueId once = b.matmul(in.x_t[0], W), again = b.matmul(in.x_t[1], W);
         const ValueId h = tanh(b, b.add(b.mul(once, again), b.matmul(in.states[0], W, false, true)));
         return b.end_scan({h}, {once}).stacked;
       }},
  };
}

std::vector<OperatorCase> composed_cases() {
  return {
      {"scans_stacked", [](CaseBuilder& b) -> Values {
         ValueId y = b.input("x", {kT, kN, kI});
         Values outputs;
         for (const std::string layer : {"0", "1"}) {
           const ValueId W = b.input("W" + layer, {layer == "0" ? kI : kH, kH}), U = b.input("U" + layer, {kH, kH}),
                         h0 = b.input("h" + layer, {kN, kH});
           const auto in = b.begin_scan({y}, {h0});
           const ValueId h = tanh(b, b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U)));
           const auto out = b.end_scan({h}, {h});
           y = out.stacked[0];
           outputs.push_back(out.final_states[0]);
         }
         outputs.push_back(y);
         return outputs;
       }},
      {"scans_in_both_directions", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kI}), lengths = b.whole("lengths", {kN}, 1, 5);
         Values directions;
         for (const bool reverse : {false, true}) {
           const std::string side = reverse ? "_reverse" : "_forward";
           const ValueId W = b.input("W" + side, {kI, kH}), U = b.input("U" + side, {kH, kH}),
                         h0 = b.input("h0" + side, {kN, kH});
           const auto in = b.begin_scan({x}, {h0}, reverse, lengths);
           const ValueId h = tanh(b, b.add(b.matmul(in.x_t[0], W), b.matmul(in.states[0], U)));
           directions.push_back(b.end_scan({h}, {h}).stacked[0]);
         }
         return {b.emit(Op::kConcat, directions, {2})};
       }},
      {"scan_states_gathered_at_boundaries", [](CaseBuilder& b) -> Values {
         const ValueId x = b.input("x", {kT, kN, kH}), h0 = b.input("h0", {kN, kH}), U = b.input("U", {kH, kH}),
                       ends = b.whole("ends", {2, kN}, 0, 4);
         const auto in = b.begin_scan({x}, {h0});
         const ValueId h = tanh(b, b.add(in.x_t[0], b.matmul(in.states[0], U)));
         const ValueId words = b.emit(Op::kGatherTime, {b.end_scan({h}, {h}).stacked[0], ends});
         const auto outer = b.begin_scan({words}, {h0});
         const ValueId g = tanh(b, b.mul(outer.x_t[0], outer.states[0]));
         return b.end_scan({g}, {g}).stacked;
       }},
      {"scan_in_scan", [](CaseBuilder& b) -> Values {  // [T, S, N, H]: an inner sequence of two at each step
         const ValueId x = b.input("x", {kT, 2, kN, kH}), h0 = b.input("h0", {kN, kH}), U = b.input("U", {kH, kH}),
                       V = b.input("V", {kH, kH});
         const auto outer = b.begin_scan({x}, {h0});
         const auto inner = b.begin_scan({outer.x_t[0]}, {outer.states[0]});
         const ValueId g = tanh(b, b.add(inner.x_t[0], b.matmul(inner.states[0], U)));
         const auto done = b.end_scan({g}, {g});
         const ValueId h = tanh(b, b.add(b.matmul(done.final_states[0], V), b.sum(done.stacked[0], {0})));
         const auto out = b.end_scan({h}, {done.stacked[0]});
         return {out.stacked[0], out.final_states[0]};
       }},
      {"scan_in_scan_that_reaches_through", [](CaseBuilder& b) -> Values {  // the inner body uses the outer step's values
         const ValueId x = b.input("x", {kT, kN, kH}), z = b.input("z", {2, kN, kH}), h0 = b.input("h0", {kN, kH}),
                       U = b.input("U", {kH, kH});
         const auto outer = b.begin_scan({x}, {h0}, true);
         const ValueId shift = b.matmul(outer.x_t[0], U);
         const auto inner = b.begin_scan({z}, {outer.states[0]});
         const ValueId g = tanh(b, b.add(b.mul(inner.x_t[0], shift), b.matmul(inner.states[0], U)));
         const ValueId h = b.end_scan({g}, {}).final_states[0];
         const auto out = b.end_scan({h}, {h});
         return {out.stacked[0], out.final_states[0]};
       }},
  };
}

}  // namespace

const std::vector<OperatorCase>& scan_cases() {
  static const std::vector<OperatorCase> cases = [] {
    std::vector<OperatorCase> all;
    for (const std::vector<OperatorCase>& family : {cell_cases(), body_cases(), composed_cases()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return cases;
}

}  // namespace recur::exec
