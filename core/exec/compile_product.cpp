// Products: packed weights where they are used again and again, one large product otherwise.
#include <algorithm>

#include "compiler.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {

// The packed copy of b, made where b is made: outside of all loops that do not change it, and for weights only when they change.
View Compiler::packed(Frame& frame, ValueId b, bool transposed, int64_t k, int64_t n) {
  const View view = operand(frame, b);
  std::vector<int64_t> key{view.base, view.offset, view.ld, transposed, k, n};
  for (const View::Loop& loop : view.loops) key.insert(key.end(), {loop.step, loop.mask, loop.delta});
  const auto found = packs_.find(key);
  if (found != packs_.end()) return found->second;

  const int at = view_level(view);
  const bool weight = weight_buffers_.contains(view.base);
  View copy = new_buffer(static_cast<int64_t>(packed_size(k, n)), 0);
  Buffer& buffer = plan_.buffers[static_cast<size_t>(copy.base)];
  buffer.level = at;
  buffer.persistent = buffer.persistent || weight;
  if (weight) weight_buffers_.insert(copy.base);
  Instruction pack;
  pack.kind = Kind::kPack;
  pack.views = {view, copy};
  pack.sizes = {k, n};
  pack.flags = {transposed};
  if (weight) {
    touch(view);
    touch(copy);
    plan_.prologue.push_back(std::move(pack));
  } else {
    emit_at(at, std::move(pack));
  }
  packs_[key] = copy;
  return copy;
}

// Copies the other term of a sum to where the product will be added.
void Compiler::begin_from(Frame& frame, ValueId term, const View& out, const Shape& shape) {
  const Shape& own = frame.block.shape(term);
  const View from = operand(frame, term);
  std::vector<int64_t> strides = strides_of(from, own);
  strides.insert(strides.begin(), shape.size() - own.size(), 0);
  copy(from, strides, out, strides_of(out, shape), shape);
}

void Compiler::compile_matmul(Frame& frame, const Node& node) {
  const bool ta = node.ints[0] != 0, tb = node.ints[1] != 0;
  const Shape &sa = frame.block.shape(node.inputs[0]), &sb = frame.block.shape(node.inputs[1]);
  const Shape& so = frame.block.shape(node.outputs[0]);
  const int64_t m = rows_of(so), n = cols_of(so), k = tb ? sb[1] : sb[0];
  const View a = operand(frame, node.inputs[0]), b = operand(frame, node.inputs[1]);
  const bool add = node.op == Op::kMatmulAdd;
  const bool reused = view_level(b) < level() || weight_buffers_.contains(b.base);
  Instruction product;
  if (!ta && reused && !prologue_) {
    const View weights = packed(frame, node.inputs[1], tb, k, n);
    const View d = add ? operand(frame, node.inputs[2]) : View{};
    product.kind = Kind::kGemmPacked;
    product.views = {a, weights, d, result(frame, node.outputs[0])};
    const bool one_row = add && frame.block.shape(node.inputs[2]) != so;
    product.sizes = {m, n, k, sa.size() == 1 ? k : a.ld, one_row ? 0 : d.ld, product.views[3].ld};
    return emit(std::move(product));
  }
  const View out = result(frame, node.outputs[0]);
  if (add) begin_from(frame, node.inputs[2], out, so);
  product.kind = Kind::kGemm;
  product.views = {a, b, out};
  product.sizes = {m, n, k, sa.size() == 1 ? cols_of(sa) : a.ld, b.ld, out.ld, ta, tb};
  product.flags = {add};
  need_scratch(static_cast<int64_t>(gemm_scratch(m, n, k, ta, tb)));
  emit(std::move(product));
}

void Compiler::compile_outer_sum(Frame& frame, const Node& node) {
  const Shape &sa = frame.block.shape(node.inputs[0]), &sb = frame.block.shape(node.inputs[1]);
  const int64_t m = cols_of(sa), n = cols_of(sb), k = rows_of(sa);
  const View a = operand(frame, node.inputs[0]), b = operand(frame, node.inputs[1]);
  Instruction product;
  product.kind = Kind::kGemm;
  product.views = {a, b, result(frame, node.outputs[0])};
  product.sizes = {m, n, k, k == 1 ? m : a.ld, k == 1 ? n : b.ld, product.views[2].ld, 1, 0};
  need_scratch(static_cast<int64_t>(gemm_scratch(m, n, k, true, false)));
  emit(std::move(product));
}

void Compiler::compile_batched(Frame& frame, const Node& node) {
  const bool ta = node.ints[0] != 0, tb = node.ints[1] != 0;
  const Shape &sa = frame.block.shape(node.inputs[0]), &sb = frame.block.shape(node.inputs[1]);
  const Shape& so = frame.block.shape(node.outputs[0]);
  const View a = operand_dense(frame, node.inputs[0]), b = operand_dense(frame, node.inputs[1]);
  Instruction product;
  product.kind = Kind::kBatchedGemm;
  const View out = result(frame, node.outputs[0]);
  RECUR_CHECK(is_dense(out, so), "a batched product into strided rows");
  const bool add = node.op == Op::kMatmulAdd;
  if (add) begin_from(frame, node.inputs[2], out, so);
  product.flags = {add};
  product.views = {a, b, out};
  product.sizes = {so[0], so[1], so[2], ta ? sa[1] : sa[2], sa[2], sb[2], ta, tb};
  need_scratch(static_cast<int64_t>(gemm_scratch(so[1], so[2], product.sizes[3], ta, tb)));
  emit(std::move(product));
}

}  // namespace recur::exec
