// Programs: nodes over tensors in static single assignment.
//
// A Block is a list of nodes in an order in which they can run. Each node applies an operator to values made
// before it and makes one value (a scan makes several). A scan node owns a body, which is a block of its own;
// there is no other loop. A value's shape may hold the symbols N (batch) and T (time steps) and any symbol
// below them; bind() replaces symbols by sizes.
//
// Threading: plain data. A block that nobody changes may be read by many threads.
#pragma once

#include <recur/abi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace recur::ir {

using Shape = std::vector<int64_t>;  // sizes >= 0 or symbols < 0

inline constexpr int64_t kBatch = RECUR_DIM_N;
inline constexpr int64_t kTime = RECUR_DIM_T;

// "[T, N, 128]"
std::string to_string(const Shape& shape);

// The operators of the ABI under the same numbers, and those that only the host makes.
enum class Op : uint32_t {
  kConstant = RECUR_OP_CONSTANT,
  kAdd = RECUR_OP_ADD, kSub = RECUR_OP_SUB, kMul = RECUR_OP_MUL, kDiv = RECUR_OP_DIV,
  kMin = RECUR_OP_MIN, kMax = RECUR_OP_MAX, kPow = RECUR_OP_POW,
  kGreater = RECUR_OP_GREATER, kGreaterEqual = RECUR_OP_GREATER_EQUAL, kEqual = RECUR_OP_EQUAL,
  kSelect = RECUR_OP_SELECT,
  kNeg = RECUR_OP_NEG, kAbs = RECUR_OP_ABS, kExp = RECUR_OP_EXP, kLog = RECUR_OP_LOG, kSqrt = RECUR_OP_SQRT,
  kSquare = RECUR_OP_SQUARE, kReciprocal = RECUR_OP_RECIPROCAL, kTanh = RECUR_OP_TANH, kSigmoid = RECUR_OP_SIGMOID,
  kRelu = RECUR_OP_RELU, kSoftplus = RECUR_OP_SOFTPLUS, kSin = RECUR_OP_SIN, kCos = RECUR_OP_COS,
  kSign = RECUR_OP_SIGN, kRound = RECUR_OP_ROUND, kFloor = RECUR_OP_FLOOR,
  kMatmul = RECUR_OP_MATMUL, kOuter = RECUR_OP_OUTER,
  kConcat = RECUR_OP_CONCAT, kSlice = RECUR_OP_SLICE, kReshape = RECUR_OP_RESHAPE, kTranspose = RECUR_OP_TRANSPOSE,
  kRoll = RECUR_OP_ROLL, kBroadcast = RECUR_OP_BROADCAST,
  kSum = RECUR_OP_SUM, kMean = RECUR_OP_MEAN, kReduceMax = RECUR_OP_REDUCE_MAX,
  kSoftmax = RECUR_OP_SOFTMAX, kLogSoftmax = RECUR_OP_LOG_SOFTMAX, kLayerNorm = RECUR_OP_LAYER_NORM,
  kCrossEntropy = RECUR_OP_CROSS_ENTROPY,
  kGather = RECUR_OP_GATHER, kTake = RECUR_OP_TAKE, kGatherTime = RECUR_OP_GATHER_TIME,
  kUniform = RECUR_OP_UNIFORM, kNormal = RECUR_OP_NORMAL,
  kStopGradient = RECUR_OP_STOP_GRADIENT, kStraightThrough = RECUR_OP_STRAIGHT_THROUGH,

  // Host only.
  kInput = 200,          // an input of the block
  kScan = 201,
  kMap = 202,            // recur_map_kernel forward
  kMapGradient = 203,    // (inputs..., d_out); ints: which -> d_in
  kPad = 204,            // (x); ints: axis, before, size -> x within zeros along the axis (adjoint of slice)
  kGatherAdd = 205,      // (index [...], d [..., D]); ints: V -> [V, D]: sums rows by index (adjoint of gather)
  kPut = 206,            // (index [...], d [...]); ints: K -> [..., K]: d at index, else 0 (adjoint of take)
  kScatterTime = 207,    // (index [S, N], d [S, N, D...]); ints: T -> [T, N, D...] (adjoint of gather_time)
  kCrossEntropyGradient = 208,  // (logits, index, d [...]) -> [..., V]: (softmax - one_hot) * d
  kLayerNormGradient = 209,     // (x, d); reals[0]: epsilon -> d_x
  kLengthMask = 210,     // (lengths [N]); ints: T -> [T, N]: 1 where t < lengths[n], else 0
  kMatmulAdd = 211,      // (a, b, c); ints as matmul: a b + c, where c broadcasts over rows (made by the accumulate pass)
  kTanhGradient = 212,   // (y, d): d (1 - y^2); y = tanh(x)
  kSigmoidGradient = 213, // (y, d): d y (1 - y); y = sigmoid(x)
  kOuterSum = 214,       // (a [..., I], b [..., G]) -> [I, G]: the sum of a^T b over all leading dimensions (weight gradients)
  kPrimitive = 220,      // a fused primitive of oneDNN, see Primitive
  kPrimitiveGradient = 221,
};

using ValueId = int32_t;
inline constexpr ValueId kNone = -1;

struct Block;

// What a scan does at each of its T steps.
// body.inputs  = x_t of each of xs, the states before, the invariants (same at each step)
// body.outputs = the states after, the ys (stacked over time), the sums (added up over time)
// node.inputs  = xs [T, ...], initial states, invariants
// node outputs = final states, ys [T, ...], sums
struct Scan {
  std::shared_ptr<Block> body;
  int32_t x_count = 0;
  int32_t state_count = 0;
  int32_t invariant_count = 0;
  int32_t y_count = 0;
  int32_t sum_count = 0;
  bool reverse = false;  // steps run from T-1 to 0; x, y at index t still belong to step t
};

// One recurrent layer in one direction that oneDNN computes as a whole.
// kPrimitive inputs: x [T, N, I], weights_layer, weights_iter, bias, initial states [N, H]...
//   outputs: y [T, N, H], final states..., workspace (opaque bytes counted in floats; only when training)
// kPrimitiveGradient inputs: the primitive's inputs, its outputs, d_y [T, N, H], d_final states...
//   outputs: d_x, d_weights_layer, d_weights_iter, d_bias, d_initial states...
struct Primitive {
  std::string name;  // "lstm", "gru", "lbr_gru", "rnn_tanh", "rnn_relu"
  int64_t input = 0, hidden = 0;
  bool training = true;
  bool reverse = false;
};

// How a scan may be replaced by a primitive; kept beside the scan node.
struct Lowering {
  Primitive primitive;
  ValueId x = kNone, weights_layer = kNone, weights_iter = kNone, bias = kNone;
};

struct Node {
  Op op = Op::kConstant;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<int64_t> ints;
  std::vector<double> reals;
  std::string name;                        // input: its name; scan: the cell's id; otherwise for the reader only
  uint64_t stream = 0;                     // noise: which stream, stable over passes
  const recur_map_kernel* map = nullptr;
  std::shared_ptr<Scan> scan;
  std::shared_ptr<Lowering> lowering;      // scan
  std::shared_ptr<Primitive> primitive;    // kPrimitive, kPrimitiveGradient
};

struct Value {
  Shape shape;
  int32_t node = -1;  // index in Block::nodes of the node that makes it
};

struct Block {
  std::vector<Node> nodes;
  std::vector<Value> values;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<std::string> output_names;   // one for each output where they have names, else empty

  const Shape& shape(ValueId id) const { return values[static_cast<size_t>(id)].shape; }
  const Node& producer(ValueId id) const { return nodes[static_cast<size_t>(values[static_cast<size_t>(id)].node)]; }
};

// A whole program is a block whose inputs are named: parameters and what a batch brings.
using Program = Block;

// An axis counted from the end (-1 is the last) as one counted from 0.
inline size_t axis_from_start(int64_t axis, const Shape& shape) {
  return static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis);
}

// The name of an operator as it is printed: "matmul".
std::string_view name_of(Op op);
bool is_elementwise(Op op);  // one output element from the elements at the same place of its (broadcast) inputs
bool is_noise(Op op);

using Bindings = std::map<int64_t, int64_t>;  // symbol -> size

// A deep copy with every symbol replaced by its size. Throws InvariantError where a symbol is left.
Program bind(const Program& program, const Bindings& bindings);

// Deep copy: scan bodies are not shared with the original.
Program clone(const Program& program);

// Checks order, arity, attributes and shapes of every node; throws InvariantError that names the node.
void verify(const Program& program);

// Floating-point operations of one run of a bound program (a multiply-add is two), by the cost rules of its operators.
double flops(const Program& program);
// Those of its matrix products alone, which a processor does at its highest rate.
double product_flops(const Program& program);

// A listing for people: one node a line with shapes, scans indented.
std::string print(const Program& program);

}  // namespace recur::ir
