// Builder appends nodes to a block and infers their shapes. It is what recording uses.
//
// Errors: a shape that does not fit is a UserError that names the operator and the shapes, because plugins
// reach it ("matmul: [N, 64] times [32, 128]: 64 and 32 differ").
// Threading: one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::ir {

class Builder {
 public:
  Builder();

  // An input of the innermost open block: of the program, or (as the body's own) of a scan through begin_scan.
  ValueId input(std::string name, Shape shape);

  // Appends an operator with one output. A value from an enclosing block may be used in a scan's body: it becomes an
  // invariant. Throws UserError where arity, attributes or shapes do not fit.
  ValueId emit(Op op, std::vector<ValueId> inputs, std::vector<int64_t> ints = {}, std::vector<double> reals = {});
  ValueId map(const recur_map_kernel* kernel, std::vector<ValueId> inputs);

  struct ScanVars {
    std::vector<ValueId> x_t;     // [...] of each x [T, ...]
    std::vector<ValueId> states;  // of the step before
  };
  // Opens a body. lengths [N]: steps at or after a sequence's length leave its states as they are and give zero
  // outputs, so reverse scans begin at each sequence's own end. resets [T, N]: where 1, a sequence's states
  // are the initial ones again before step t. kNone for none.
  ScanVars begin_scan(std::vector<ValueId> xs, std::vector<ValueId> init, bool reverse = false,
                      ValueId lengths = kNone, ValueId resets = kNone);
  struct ScanResult {
    std::vector<ValueId> final_states;  // [N, ...]
    std::vector<ValueId> stacked;       // [T, N, ...] of each y
    int32_t node = -1;                  // index of the scan node in its block
  };
  ScanResult end_scan(std::vector<ValueId> next, std::vector<ValueId> ys, std::string name = "");
  // Says that the scan made last may be lowered (values of the enclosing block). Ignored where lengths or resets were given.
  void set_lowering(const ScanResult& scan, Lowering lowering);

  const Shape& shape(ValueId id) const;
  // Ends recording. Output names may be empty.
  Program finish(std::vector<ValueId> outputs, std::vector<std::string> names = {});

  // Short forms.
  ValueId constant(double value, Shape shape = {});
  ValueId add(ValueId a, ValueId b) { return emit(Op::kAdd, {a, b}); }
  ValueId sub(ValueId a, ValueId b) { return emit(Op::kSub, {a, b}); }
  ValueId mul(ValueId a, ValueId b) { return emit(Op::kMul, {a, b}); }
  ValueId div(ValueId a, ValueId b) { return emit(Op::kDiv, {a, b}); }
  ValueId matmul(ValueId a, ValueId b, bool transpose_a = false, bool transpose_b = false) {
    return emit(Op::kMatmul, {a, b}, {transpose_a, transpose_b});
  }
  ValueId slice(ValueId x, int64_t axis, int64_t begin, int64_t end) { return emit(Op::kSlice, {x}, {axis, begin, end}); }
  ValueId reshape(ValueId x, Shape shape) { return emit(Op::kReshape, {x}, std::move(shape)); }
  ValueId sum(ValueId x, std::vector<int64_t> axes, bool keep = false);
  ValueId mean(ValueId x, std::vector<int64_t> axes, bool keep = false);

 private:
  struct Frame;  // an open block; the last one is the innermost
  ValueId hand_out(ValueId local);
  ValueId resolve(ValueId handle);
  ValueId append_node(Node node);
  ValueId over_rows(ValueId mask, size_t rank);

  std::vector<std::shared_ptr<Frame>> frames_;
  std::vector<Shape> shapes_;  // of each handle; handle 0 is no value
  uint64_t next_stream_ = 1;
  bool last_scan_plain_ = true;
};

// The shapes of a node's outputs from those of its inputs. Throws UserError as Builder::emit does.
// Defined for every operator; for scans from their bodies.
std::vector<Shape> infer_shapes(const Node& node, std::span<const Shape> inputs);

}  // namespace recur::ir
