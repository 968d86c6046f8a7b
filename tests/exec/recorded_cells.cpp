#include "recorded_cells.hpp"

#include "recur/error/error.hpp"

namespace recur::exec {
namespace {

using ir::Op;
using ir::ValueId;

// One step of one cell.
struct StepRecorder {
  ir::Builder& b;
  int64_t H;
  ValueId x;
  const CellWeights& weights;
  std::vector<ValueId> before;

  ValueId sigmoid(ValueId v) { return b.emit(Op::kSigmoid, {v}); }
  ValueId tanh(ValueId v) { return b.emit(Op::kTanh, {v}); }
  ValueId block(ValueId v, int64_t first, int64_t last) { return b.slice(v, -1, first * H, last * H); }
  ValueId gate(ValueId v, int64_t g) { return block(v, g, g + 1); }
  ValueId mix(ValueId u, ValueId p, ValueId q) { return b.add(b.mul(u, p), b.mul(b.sub(b.constant(1), u), q)); }

  std::vector<ValueId> vanilla(Op function) {
    const ValueId a = b.add(b.add(b.matmul(x, weights.layer), b.matmul(before[0], weights.iter)), weights.bias);
    return {b.emit(function, {a})};
  }

  std::vector<ValueId> lstm() {
    const ValueId a = b.add(b.add(b.matmul(x, weights.layer), b.matmul(before[0], weights.iter)), weights.bias);
    const ValueId i = sigmoid(gate(a, 0)), f = sigmoid(gate(a, 1)), k = tanh(gate(a, 2)), o = sigmoid(gate(a, 3));
    const ValueId c = b.add(b.mul(f, before[1]), b.mul(i, k));
    return {b.mul(o, tanh(c)), c};
  }

  std::vector<ValueId> gru() {
    const ValueId h = before[0], a = b.add(b.matmul(x, weights.layer), weights.bias);
    const ValueId recurrent = b.matmul(h, block(weights.iter, 0, 2));
    const ValueId u = sigmoid(b.add(gate(a, 0), gate(recurrent, 0))), r = sigmoid(b.add(gate(a, 1), gate(recurrent, 1)));
    const ValueId k = tanh(b.add(gate(a, 2), b.matmul(b.mul(r, h), gate(weights.iter, 2))));
    return {mix(u, h, k)};
  }

  std::vector<ValueId> lbr_gru() {
    const ValueId h = before[0], a = b.add(b.matmul(x, weights.layer), block(weights.bias, 0, 3));
    const ValueId recurrent = b.matmul(h, weights.iter);
    const ValueId u = sigmoid(b.add(gate(a, 0), gate(recurrent, 0))), r = sigmoid(b.add(gate(a, 1), gate(recurrent, 1)));
    const ValueId inner = b.add(gate(recurrent, 2), gate(weights.bias, 3));
    return {mix(u, h, tanh(b.add(gate(a, 2), b.mul(r, inner))))};
  }
};

}  // namespace

int64_t gates_of(const std::string& cell) { return cell == "lstm" ? 4 : cell == "gru" || cell == "lbr_gru" ? 3 : 1; }
int64_t bias_blocks_of(const std::string& cell) { return cell == "lbr_gru" ? 4 : gates_of(cell); }
size_t states_of(const std::string& cell) { return cell == "lstm" ? 2 : 1; }

ir::Builder::ScanResult record_cell(ir::Builder& b, const std::string& cell, int64_t hidden, ValueId x,
                                    const CellWeights& weights, const std::vector<ValueId>& init, bool reverse,
                                    ValueId lengths) {
  const auto in = b.begin_scan({x}, init, reverse, lengths);
  StepRecorder step{b, hidden, in.x_t[0], weights, in.states};
  std::vector<ValueId> next;
  if (cell == "rnn_tanh") next = step.vanilla(Op::kTanh);
  else if (cell == "rnn_relu") next = step.vanilla(Op::kRelu);
  else if (cell == "lstm") next = step.lstm();
  else if (cell == "gru") next = step.gru();
  else if (cell == "lbr_gru") next = step.lbr_gru();
  else RECUR_CHECK(false, "no cell {}", cell);
  const auto out = b.end_scan(next, {next[0]}, cell);

  ir::Lowering lowering;
  lowering.primitive.name = cell;
  lowering.primitive.input = b.shape(x).back();
  lowering.primitive.hidden = hidden;
  lowering.x = x;
  lowering.weights_layer = weights.layer;
  lowering.weights_iter = weights.iter;
  lowering.bias = weights.bias;
  b.set_lowering(out, lowering);
  return out;
}

}  // namespace recur::exec
