// Compiling a bound program into a Plan. One Compiler a program; the parts are in compile_*.cpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan.hpp"

namespace recur::exec {

using ir::Block;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::ValueId;

int64_t elements(const Shape& shape);
int64_t rows_of(const Shape& shape);  // product of all sizes but the last
int64_t cols_of(const Shape& shape);  // the last size; 1 for a scalar

// Strides of a value of this shape in its view, one an axis.
std::vector<int64_t> strides_of(const View& view, const Shape& shape);
// Rows lie one behind the other.
bool is_dense(const View& view, const Shape& shape);
// The part [begin, end) along an axis as a view; invalid where that is no view.
View slice_of(const View& view, const Shape& shape, int64_t axis, int64_t begin);

// Operators written in terms of simpler ones, and copies put in where two places want the same value, so that afterwards each
// value has at most one place to be: a state's next slot, a stacked output, a program output, a part of a concatenation.
// placed: outputs of the block that have a place of their own.
Block legalise(const Block& block, const std::vector<bool>& placed);

// Element-wise nodes of one shape that can run together, and all other nodes alone, in an order that respects uses.
std::vector<std::vector<size_t>> schedule(const Block& block, const std::vector<bool>& only);

bool joins_groups(Op op);

class Compiler {
 public:
  Plan compile(const ir::Program& program, const std::vector<std::string>& weights);

 private:
  struct Frame {
    const Block& block;
    std::vector<View> views;
    std::vector<int> uses;
  };

  // compile.cpp
  void compile_nodes(Frame& frame, const std::vector<bool>& only);
  void place(Frame& frame, const std::vector<std::vector<size_t>>& units);
  void compile_node(Frame& frame, const Node& node);

  // compile_scan.cpp
  void compile_scan(Frame& frame, const Node& node);

  // compile_in_place.cpp
  void reuse_inputs(Frame& frame, const Node& node, Frame& inside);

  // compile_group.cpp
  void compile_group(Frame& frame, const std::vector<size_t>& nodes);

  // compile_product.cpp
  void compile_matmul(Frame& frame, const Node& node);
  void compile_batched(Frame& frame, const Node& node);
  void begin_from(Frame& frame, ValueId term, const View& out, const Shape& shape);
  void compile_outer_sum(Frame& frame, const Node& node);
  View packed(Frame& frame, ValueId b, bool transposed, int64_t k, int64_t n);
  void compile_primitive(Frame& frame, const Node& node);

  // compile_operator.cpp
  void compile_operator(Frame& frame, const Node& node);
  void compile_reduction(Frame& frame, const Node& node);
  void copy(const View& from, std::vector<int64_t> from_strides, const View& to, std::vector<int64_t> to_strides, const Shape& shape);
  void copy_value(const View& from, const View& to, const Shape& shape);
  void fill(const View& to, const Shape& shape, double value);

  // compile_memory.cpp
  int level() const { return static_cast<int>(lists_.size()) - 1; }
  View new_buffer(int64_t size, int64_t ld);
  View dense(const Shape& shape);
  View& result(Frame& frame, ValueId id);       // the value's place, made where it has none
  const View& operand(Frame& frame, ValueId id);  // the value's place; constants are materialised
  View operand_dense(Frame& frame, ValueId id);   // a copy where it is not dense
  int view_level(const View& view) const;
  void touch(const View& view);
  void emit(Instruction instruction);
  void emit_at(int level, Instruction instruction);
  void open_loop();
  std::vector<Instruction> close_loop();
  void need_scratch(int64_t size) { plan_.scratch = std::max(plan_.scratch, size); }
  void assign_memory();

  Plan plan_;
  std::vector<std::vector<Instruction>*> lists_;
  std::vector<std::unique_ptr<std::vector<Instruction>>> bodies_;
  std::vector<int32_t> loop_begin_;
  std::vector<std::set<int32_t>> loop_touched_;
  int32_t time_ = 0;
  bool prologue_ = false;
  std::set<int32_t> weight_buffers_;           // hold what depends on weights alone
  std::map<std::vector<int64_t>, View> packs_;
  std::map<int32_t, std::shared_ptr<OnednnRnn>> primitives_;  // by the buffer of the workspace
};

// The row of constants that holds `value`.
int64_t constant_row(Plan& plan, double value);

}  // namespace recur::exec
