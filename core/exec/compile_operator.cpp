// Every operator that is neither element-wise, nor a product, nor a scan.
#include <algorithm>
#include <limits>

#include "compiler.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

void Compiler::copy(const View& from, std::vector<int64_t> from_strides, const View& to, std::vector<int64_t> to_strides, const Shape& shape) {
  Instruction instruction;
  instruction.kind = Kind::kCopy;
  instruction.views = {from, to};
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    std::vector<CopyAxis>& axes = instruction.axes;
    const CopyAxis axis{shape[i], from_strides[i], to_strides[i]};
    if (!axes.empty() && axes.back().from == axis.from * axis.size && axes.back().to == axis.to * axis.size) {
      axes.back() = {axes.back().size * axis.size, axis.from, axis.to};
    } else {
      axes.push_back(axis);
    }
  }
  if (instruction.axes.empty()) instruction.axes.push_back({1, 1, 1});
  emit(std::move(instruction));
}

void Compiler::copy_value(const View& from, const View& to, const Shape& shape) { copy(from, strides_of(from, shape), to, strides_of(to, shape), shape); }

void Compiler::fill(const View& to, const Shape& shape, double value) {
  Instruction instruction;
  instruction.kind = Kind::kFill;
  instruction.views = {to};
  instruction.sizes = {rows_of(shape), cols_of(shape), to.ld};
  instruction.real = value;
  emit(std::move(instruction));
}

void Compiler::compile_reduction(Frame& frame, const Node& node) {
  const Shape& shape = frame.block.shape(node.inputs[0]);
  std::vector<bool> gone(shape.size());
  for (size_t i = 1; i < node.ints.size(); ++i) gone[ir::axis_from_start(node.ints[i], shape)] = true;
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 1) gone[i] = true;  // an axis of one is reduced as well as kept
  const bool max = node.op == Op::kReduceMax;
  const bool all = std::all_of(gone.begin(), gone.end(), [](bool g) { return g; });
  // The last axis alone: row by row. All axes but the last: column by column.
  const bool rows = !gone.empty() && gone.back() && [&] {
    for (size_t i = 0; i + 1 < shape.size(); ++i)
      if (gone[i] && shape[i] != 1) return false;
    return true;
  }();
  // Axes before the last go, those before them stay: column by column for each of those.
  int64_t times = 1;
  const bool columns = !gone.empty() && !gone.back() && [&] {
    bool going = false;
    for (size_t i = 0; i + 1 < shape.size(); ++i) {
      if (shape[i] == 1) continue;
      if (!gone[i] && going) return false;
      if (!gone[i]) times *= shape[i];
      going = gone[i];
    }
    return going;
  }();
  const View x = operand(frame, node.inputs[0]);
  const View out = result(frame, node.outputs[0]);
  Instruction instruction;
  instruction.views = {x, out};
  if (all && (is_dense(x, shape))) {
    instruction.kind = max ? Kind::kMaxRows : Kind::kSumRows;
    instruction.sizes = {1, elements(shape), elements(shape)};
  } else if (rows) {
    instruction.kind = max ? Kind::kMaxRows : Kind::kSumRows;
    instruction.sizes = {rows_of(shape), cols_of(shape), x.ld};
  } else if (columns && !max) {
    instruction.kind = Kind::kSumColumns;
    instruction.sizes = {rows_of(shape) / times, cols_of(shape), x.ld, times};
  } else {
    instruction.kind = Kind::kReduce;
    fill(out, frame.block.shape(node.outputs[0]), max ? -std::numeric_limits<double>::infinity() : 0);
    const std::vector<int64_t> from = strides_of(x, shape);
    std::vector<int64_t> to(shape.size());
    int64_t stride = 1;
    for (size_t i = shape.size(); i-- > 0;) {
      if (gone[i]) continue;
      to[i] = stride;
      stride *= shape[i];
    }
    for (size_t i = 0; i < shape.size(); ++i) instruction.axes.push_back({shape[i], from[i], to[i]});
    instruction.flags = {max};
  }
  RECUR_CHECK(is_dense(out, frame.block.shape(node.outputs[0])), "a reduction into strided rows");
  emit(std::move(instruction));
}

void Compiler::compile_operator(Frame& frame, const Node& node) {
  const Block& block = frame.block;
  const ValueId out = node.outputs[0];
  const Shape& shape = block.shape(out);
  const Shape in = node.inputs.empty() ? Shape{} : block.shape(node.inputs[0]);
  Instruction instruction;
  const auto rows_kernel = [&](Kind kind) {  // x [rows, cols] -> out of the same shape
    const View x = operand(frame, node.inputs[0]);
    const View to = result(frame, out);
    instruction.kind = kind;
    instruction.views = {x, to};
    instruction.sizes = {rows_of(in), cols_of(in), x.ld, to.ld};
    instruction.real = node.reals.empty() ? 0 : node.reals[0];
    emit(std::move(instruction));
  };
  switch (node.op) {
    case Op::kReshape: {
      View x = operand(frame, node.inputs[0]);
      const bool same_rows = !shape.empty() && !in.empty() && shape.back() == in.back();
      if (!is_dense(x, in) && !same_rows) x = operand_dense(frame, node.inputs[0]);
      if (!same_rows) x.ld = cols_of(shape);
      View& place = frame.views[static_cast<size_t>(out)];
      if (place.valid()) copy_value(x, place, shape);
      else place = x;
      return;
    }
    case Op::kSlice: {
      const View x = operand(frame, node.inputs[0]);
      const View part = slice_of(x, in, node.ints[0], node.ints[1]);
      View& place = frame.views[static_cast<size_t>(out)];
      if (part.valid() && !place.valid()) {
        place = part;
        return;
      }
      View from = x;
      const size_t axis = ir::axis_from_start(node.ints[0], in);
      const std::vector<int64_t> strides = strides_of(x, in);
      from.offset += node.ints[1] * strides[axis];
      const View to = result(frame, out);
      return copy(from, strides, to, strides_of(to, shape), shape);
    }
    case Op::kConcat: {
      const View whole = result(frame, out);
      const std::vector<int64_t> strides = strides_of(whole, shape);
      const size_t axis = ir::axis_from_start(node.ints[0], shape);
      int64_t begin = 0;
      for (const ValueId part : node.inputs) {
        View to = whole;
        to.offset += begin * strides[axis];
        const View from = operand(frame, part);
        const bool in_place = from.base == to.base && from.offset == to.offset;
        if (!in_place) copy(from, strides_of(from, block.shape(part)), to, strides, block.shape(part));
        begin += block.shape(part)[axis];
      }
      return;
    }
    case Op::kPad: {
      const View whole = result(frame, out);
      fill(whole, shape, 0);
      const std::vector<int64_t> strides = strides_of(whole, shape);
      View to = whole;
      to.offset += node.ints[1] * strides[ir::axis_from_start(node.ints[0], shape)];
      const View from = operand(frame, node.inputs[0]);
      return copy(from, strides_of(from, in), to, strides, in);
    }
    case Op::kTranspose: {
      const View x = operand(frame, node.inputs[0]);
      const std::vector<int64_t> own = strides_of(x, in);
      std::vector<int64_t> strides;
      for (const int64_t axis : node.ints) strides.push_back(own[static_cast<size_t>(axis)]);
      const View to = result(frame, out);
      return copy(x, strides, to, strides_of(to, shape), shape);
    }
    case Op::kSum: case Op::kReduceMax: return compile_reduction(frame, node);
    case Op::kSoftmax: return rows_kernel(Kind::kSoftmax);
    case Op::kLogSoftmax: return rows_kernel(Kind::kLogSoftmax);
    case Op::kLayerNorm: return rows_kernel(Kind::kLayerNorm);
    case Op::kLayerNormGradient: {
      const View x = operand(frame, node.inputs[0]), d = operand(frame, node.inputs[1]), to = result(frame, out);
      instruction.kind = Kind::kLayerNormGradient;
      instruction.views = {x, d, to};
      instruction.sizes = {rows_of(in), cols_of(in), x.ld, d.ld, to.ld};
      instruction.real = node.reals.at(0);
      return emit(std::move(instruction));
    }
    case Op::kCrossEntropy: case Op::kTake: {
      const View x = operand(frame, node.inputs[0]), index = operand_dense(frame, node.inputs[1]);
      instruction.kind = node.op == Op::kTake ? Kind::kTake : Kind::kCrossEntropy;
      instruction.views = {x, index, result(frame, out)};
      instruction.sizes = {rows_of(in), cols_of(in), x.ld};
      return emit(std::move(instruction));
    }
    case Op::kCrossEntropyGradient: {
      const View x = operand(frame, node.inputs[0]), index = operand_dense(frame, node.inputs[1]), d = operand_dense(frame, node.inputs[2]);
      const View to = result(frame, out);
      instruction.kind = Kind::kCrossEntropyGradient;
      instruction.views = {x, index, d, to};
      instruction.sizes = {rows_of(in), cols_of(in), x.ld, to.ld};
      return emit(std::move(instruction));
    }
    case Op::kPut: {
      const View index = operand_dense(frame, node.inputs[0]), d = operand_dense(frame, node.inputs[1]);
      instruction.kind = Kind::kPut;
      instruction.views = {index, d, result(frame, out)};
      instruction.sizes = {elements(in), node.ints[0]};
      return emit(std::move(instruction));
    }
    case Op::kGather: {
      const View table = operand(frame, node.inputs[0]), index = operand_dense(frame, node.inputs[1]), to = result(frame, out);
      instruction.kind = Kind::kGather;
      instruction.views = {table, index, to};
      instruction.sizes = {elements(block.shape(node.inputs[1])), cols_of(in), table.ld, to.ld, in[0]};
      return emit(std::move(instruction));
    }
    case Op::kGatherAdd: {
      const View index = operand_dense(frame, node.inputs[0]), d = operand(frame, node.inputs[1]), to = result(frame, out);
      fill(to, shape, 0);
      instruction.kind = Kind::kGatherAdd;
      instruction.views = {index, d, to};
      instruction.sizes = {elements(in), cols_of(shape), d.ld, to.ld, shape[0]};
      return emit(std::move(instruction));
    }
    case Op::kGatherTime: case Op::kScatterTime: {
      const bool gather = node.op == Op::kGatherTime;
      const View x = operand_dense(frame, node.inputs[gather ? 0 : 1]), index = operand_dense(frame, node.inputs[gather ? 1 : 0]);
      const Shape &whole = gather ? in : shape, &part = gather ? shape : block.shape(node.inputs[1]);
      const View to = result(frame, out);
      if (!gather) fill(to, shape, 0);
      instruction.kind = gather ? Kind::kGatherTime : Kind::kScatterTime;
      instruction.views = {x, index, to};
      instruction.sizes = {part[0], part[1], elements(part) / (part[0] * part[1]), whole[0]};
      return emit(std::move(instruction));
    }
    case Op::kUniform: case Op::kNormal:
      instruction.kind = Kind::kNoise;
      instruction.views = {result(frame, out)};
      instruction.sizes = {elements(shape)};
      instruction.flags = {node.op == Op::kNormal};
      instruction.stream = node.stream;
      instruction.level = level() - 1;
      return emit(std::move(instruction));
    case Op::kLengthMask: {
      const View lengths = operand_dense(frame, node.inputs[0]);
      instruction.kind = Kind::kLengthMask;
      instruction.views = {lengths, result(frame, out)};
      instruction.sizes = {shape[0], shape[1]};
      return emit(std::move(instruction));
    }
    default: RECUR_CHECK(false, "no instruction for {}", ir::name_of(node.op));
  }
}

}  // namespace recur::exec
