#include "random_program.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "case_maps.hpp"
#include "random_pool.hpp"
#include "recur/random/stream.hpp"

namespace recur::exec {
namespace {

using ir::kNone;
using ir::Op;
using ir::Shape;
using ir::ValueId;

constexpr int64_t kIndices = 3;  // indices are 0, 1, 2
constexpr size_t kLargestRank = 3;

class Generator : private Pool {
 public:
  Generator(CaseBuilder& builder, uint64_t seed, const ir::Bindings& sizes, const RandomProgramOptions& options)
      : Pool(builder, seed), b_(builder), options_(options), steps_(sizes.at(ir::kTime)) {
    const std::array<int64_t, 5> choices{1, 3, 5, 7, 4};
    while (sizes_.size() < 3) {
      const int64_t size = choices[below(choices.size())];
      if (std::find(sizes_.begin(), sizes_.end(), size) == sizes_.end()) sizes_.push_back(size);
    }
  }

  Values run() {
    declare_inputs();
    grow(options_.operators);
    while (!scanned_) scan();
    Values outputs;
    for (size_t i = 0; i < 3; ++i) outputs.push_back(from_end(below(std::min<size_t>(8, size() - given_))).id);
    outputs.push_back(from_end(0).id);
    return outputs;
  }

 private:
  int64_t any_size() { return sizes_[below(sizes_.size())]; }
  const Entry* pick_any() { return pick([](const Entry& e) { return !e.shape.empty(); }); }
  const Entry* pick_rows() {  // [N, K]
    return pick([](const Entry& e) { return e.shape.size() == 2 && e.shape[0] == kN && e.shape[1] > 0; });
  }

  // ---- Inputs --------------------------------------------------------------------------------------------------
  void declare_inputs() {
    for (const int64_t size : sizes_) {
      const std::string k = std::to_string(size);
      add(b_.input("x" + k, {kT, kN, size}), 1, true);
      add(b_.input("s" + k, {kN, size}), 1, true);
      add(b_.input("b" + k, {size}), 1, true);
      add(b_.input("pairs" + k, {2, kN, size}), 1, true);
      for (const int64_t to : sizes_) weights_[{size, to}] = b_.input("W" + k + "_" + std::to_string(to), {size, to});
      tables_[size] = b_.input("table" + k, {kIndices, size});
    }
    add(b_.input("scalar", {}), 1, true);
    index_time_ = b_.whole("index", {kT, kN}, 0, kIndices);
    index_rows_ = b_.whole("index_rows", {kN}, 0, kIndices);
    ends_ = b_.whole("ends", {2, kN}, 0, steps_);
    lengths_ = b_.whole("lengths", {kN}, 0, steps_ + 1);
    resets_ = b_.whole("resets", {kT, kN}, 0, 2);
    given_ = size();
  }

  void grow(int count) {
    using Make = void (Generator::*)();
    constexpr std::array<Make, 22> makers{
        &Generator::unary,   &Generator::unary,  &Generator::binary,  &Generator::binary, &Generator::binary,
        &Generator::matmul,  &Generator::matmul, &Generator::matmul,  &Generator::affine, &Generator::outer,
        &Generator::concat,  &Generator::slice,  &Generator::shuffle, &Generator::reduce, &Generator::normalise,
        &Generator::gather,  &Generator::noise,  &Generator::jump,    &Generator::map,    &Generator::flow,
        &Generator::scan,    &Generator::gates};
    for (int i = 0; i < count; ++i) (this->*makers[below(makers.size())])();
  }

  // ---- Operators -----------------------------------------------------------------------------------------------
  void unary() {
    const Entry x = *pick_any();
    const auto with_constant = [&](Op op, ValueId id, double c) { return b_.emit(op, {id, b_.constant(c)}); };
    switch (below(14)) {
      case 0: return keep(b_.emit(Op::kTanh, {x.id}), 1);
      case 1: return keep(b_.emit(Op::kSigmoid, {x.id}), 1);
      case 2: return keep(b_.emit(Op::kSin, {x.id}), 1);
      case 3: return keep(b_.emit(Op::kCos, {x.id}), 1);
      case 4: return keep(b_.emit(Op::kSoftplus, {x.id}), x.bound + 1);
      case 5: return keep(b_.emit(Op::kExp, {x.id}), std::exp(x.bound));
      case 6: return keep(b_.emit(Op::kSquare, {x.id}), x.bound * x.bound);
      case 7: return keep(b_.emit(Op::kNeg, {x.id}), x.bound);
      case 8: return keep(b_.emit(Op::kAbs, {x.id}), x.bound);
      case 9: return keep(b_.emit(Op::kRelu, {x.id}), x.bound);
      case 10: return keep(b_.emit(Op::kSqrt, {with_constant(Op::kAdd, b_.emit(Op::kSquare, {x.id}), 0.5)}), x.bound + 1);
      case 11: return keep(b_.emit(Op::kLog, {with_constant(Op::kAdd, b_.emit(Op::kSquare, {x.id}), 0.5)}), 3);
      case 12: return keep(b_.emit(Op::kReciprocal, {with_constant(Op::kAdd, b_.emit(Op::kSigmoid, {x.id}), 0.5)}), 2);
      default: return keep(with_constant(Op::kPow, with_constant(Op::kAdd, b_.emit(Op::kSigmoid, {x.id}), 0.5), 1.5), 2);
    }
  }

  const Entry* partner(const Entry& a) {
    return pick([&](const Entry& e) {
      const auto shape = broadcast(a.shape, e.shape);
      return shape && shape->size() <= kLargestRank;
    });
  }

  void binary() {
    const Entry p = *pick_any(), q = *partner(p);
    const auto [a, c] = chance(0.5) ? std::pair(p, q) : std::pair(q, p);
    switch (below(6)) {
      case 0: return keep(b_.add(a.id, c.id), a.bound + c.bound);
      case 1: return keep(b_.sub(a.id, c.id), a.bound + c.bound);
      case 2: return keep(b_.mul(a.id, c.id), a.bound * c.bound);
      case 3: return keep(b_.div(a.id, b_.add(b_.emit(Op::kSquare, {c.id}), b_.constant(0.5))), 2 * a.bound);
      case 4: return keep(b_.emit(Op::kMin, {a.id, c.id}), std::max(a.bound, c.bound));
      default: return keep(b_.emit(Op::kMax, {a.id, c.id}), std::max(a.bound, c.bound));
    }
  }

  // The product of rows with a weight, which in a body is an invariant.
  ValueId product(const Entry& a, int64_t to) {
    const int64_t from = a.shape.back();
    return chance(0.5) ? b_.matmul(a.id, weights_.at({from, to})) : b_.matmul(a.id, weights_.at({to, from}), false, true);
  }
  const Entry* pick_multipliable() {
    return pick([&](const Entry& e) {
      return !e.shape.empty() && std::find(sizes_.begin(), sizes_.end(), e.shape.back()) != sizes_.end();
    });
  }
  static double product_bound(const Entry& a) { return static_cast<double>(a.shape.back()) * a.bound; }

  void matmul() {
    const Entry a = *pick_multipliable();
    keep(product(a, any_size()), product_bound(a));
  }

  void affine() {  // x W + y V + b, the usual inside of a cell
    const Entry a = *pick_multipliable(), other = *pick_multipliable();
    const int64_t to = any_size();
    ValueId sum = product(a, to);
    double bound = product_bound(a) + 1;
    const ValueId second = product(other, to);
    const auto shape = broadcast(b_.shape(sum), b_.shape(second));
    if (shape && shape->size() <= kLargestRank) {
      sum = b_.add(sum, second);
      bound += product_bound(other);
    }
    const Entry* bias = pick([&](const Entry& e) { return e.shape == Shape{to}; });
    keep(bias ? b_.add(sum, bias->id) : sum, bound + (bias ? bias->bound : 0));
  }

  void outer() {  // a memory written by an outer product and read by a batched one
    const Entry a = *pick_rows(), c = *pick_rows(), read = *pick_rows();
    const int64_t rows = a.shape[1], columns = c.shape[1];
    const ValueId memory = b_.emit(Op::kOuter, {a.id, c.id});
    const double bound = a.bound * c.bound;
    if (read.shape[1] == columns) {
      const ValueId column = b_.reshape(read.id, {kN, columns, 1});
      keep(b_.reshape(b_.matmul(memory, column), {kN, rows}), bound * read.bound * static_cast<double>(columns));
    } else if (read.shape[1] == rows) {
      const ValueId row = b_.reshape(read.id, {kN, 1, rows});
      keep(b_.reshape(b_.matmul(row, memory), {kN, columns}), bound * read.bound * static_cast<double>(rows));
    } else {
      keep(memory, bound);
    }
  }

  void concat() {
    const Entry a = *pick_any();
    if (a.shape.back() < 0) return;
    const Entry* c = pick([&](const Entry& e) {
      return e.shape.size() == a.shape.size() && e.shape.back() > 0 && e.shape.back() + a.shape.back() < 20 &&
             std::equal(a.shape.begin(), a.shape.end() - 1, e.shape.begin());
    });
    keep(b_.emit(Op::kConcat, {a.id, c->id}, {-1}), std::max(a.bound, c->bound));
  }

  void slice() {
    const Entry* x = pick([](const Entry& e) { return !e.shape.empty() && e.shape.back() > 1; });
    if (!x) return;
    const Entry whole = *x;
    const int64_t size = whole.shape.back();
    const auto begin = static_cast<int64_t>(below(static_cast<size_t>(size)));
    const auto end = begin + 1 + static_cast<int64_t>(below(static_cast<size_t>(size - begin)));
    keep(b_.slice(whole.id, -1, begin, end), whole.bound);
  }

  void gates() {  // a product cut into gates
    const Entry a = *pick_multipliable();
    const int64_t to = any_size();
    const ValueId both = b_.emit(Op::kConcat, {product(a, to), product(a, to)}, {-1});
    const ValueId open = b_.emit(Op::kSigmoid, {b_.slice(both, -1, 0, to)});
    keep(b_.mul(open, b_.emit(Op::kTanh, {b_.slice(both, -1, to, 2 * to)})), 1);
  }

  void shuffle() {
    const Entry x = *pick_any();
    const size_t rank = x.shape.size();
    if (chance(0.4)) {
      const auto axis = static_cast<int64_t>(below(rank));
      return keep(b_.emit(Op::kRoll, {x.id}, {axis, static_cast<int64_t>(below(7)) - 3}), x.bound);
    }
    if (rank == 2 && chance(0.5)) {  // there and back, doing something in between
      const ValueId turned = b_.emit(Op::kTanh, {b_.emit(Op::kTranspose, {x.id}, {1, 0})});
      return keep(b_.emit(Op::kTranspose, {turned}, {1, 0}), 1);
    }
    if (rank == 1) return keep(b_.emit(Op::kBroadcast, {x.id}, {kN, x.shape[0]}), x.bound);
    if (rank == 3) {
      const ValueId turned = b_.emit(Op::kTranspose, {x.id}, {1, 0, 2});
      return keep(b_.emit(Op::kTranspose, {b_.emit(Op::kSin, {turned})}, {1, 0, 2}), 1);
    }
    const Shape flat{x.shape[0], 1, x.shape[1]};
    keep(b_.reshape(x.id, flat), x.bound);
  }

  void reduce() {
    const Entry x = *pick_any();
    const auto axis = static_cast<int64_t>(below(x.shape.size()));
    const bool last = chance(0.5);
    const int64_t keep_axis = chance(0.7) ? 1 : 0;
    const std::vector<int64_t> ints{keep_axis, last ? -1 : axis};
    switch (below(3)) {
      case 0: return keep(b_.emit(Op::kSum, {x.id}, ints), 20 * x.bound);
      case 1: return keep(b_.emit(Op::kMean, {x.id}, ints), x.bound);
      default: return keep(b_.emit(Op::kReduceMax, {x.id}, ints), x.bound);
    }
  }

  void normalise() {
    const Entry x = *pick_any();
    switch (below(3)) {
      case 0: return keep(b_.emit(Op::kSoftmax, {x.id}), 1);
      case 1: return keep(b_.emit(Op::kLogSoftmax, {x.id}), 2 * x.bound + 3);
      default: return keep(b_.emit(Op::kLayerNorm, {x.id}, {}, {0.1}), 5);
    }
  }

  void gather() {
    const ValueId index = depth() > 0 ? index_rows_ : index_time_;
    const Shape rows = b_.shape(index);
    const Entry* x = pick([&](const Entry& e) {
      return e.shape.size() == rows.size() + 1 && e.shape.back() >= kIndices && std::equal(rows.begin(), rows.end(), e.shape.begin());
    });
    const size_t which = below(4);
    if (which == 0 && x) return keep(b_.emit(Op::kTake, {x->id, index}), x->bound);
    if (which == 1 && x) return keep(b_.emit(Op::kCrossEntropy, {x->id, index}), 2 * x->bound + 3);
    if (which == 2 && depth() == 0) {
      const Entry* sequence = pick([](const Entry& e) { return e.shape.size() == 3 && e.shape[0] == kT && e.shape[1] == kN; });
      return keep(b_.emit(Op::kGatherTime, {sequence->id, ends_}), sequence->bound);
    }
    keep(b_.emit(Op::kGather, {tables_.at(any_size()), index}), 1);
  }

  void noise() {
    const Entry x = *pick_any();
    const bool uniform = chance(0.5);
    const ValueId drawn = b_.emit(uniform ? Op::kUniform : Op::kNormal, {}, x.shape);
    const double bound = uniform ? 1 : 6;
    if (chance(0.5)) keep(b_.mul(x.id, drawn), x.bound * bound);
    else keep(b_.add(x.id, drawn), x.bound + bound);
  }

  void jump() {
    const Entry* x = pick([](const Entry& e) { return e.exact && !e.shape.empty(); });
    if (!x) return;
    const Entry a = *x;
    const ValueId condition = chance(0.3) ? b_.emit(Op::kEqual, {b_.emit(Op::kSign, {a.id}), b_.constant(1)})
                                          : b_.emit(chance(0.5) ? Op::kGreater : Op::kGreaterEqual, {a.id, b_.constant(0.1)});
    const ValueId stepped = b_.emit(chance(0.5) ? Op::kRound : Op::kFloor, {b_.mul(a.id, b_.constant(4))});
    const Entry* other = pick([&](const Entry& e) { return e.shape == a.shape; });
    const ValueId chosen = b_.emit(Op::kSelect, {condition, other->id, stepped});
    keep(chosen, 4);
  }

  void map() {
    const Entry a = *pick_any(), c = *partner(a);
    if (chance(0.3)) keep(b_.map(&cube_map(), {a.id}), a.bound * a.bound * a.bound);
    else keep(b_.map(&sine_product_map(), {a.id, c.id}), c.bound);
  }

  void flow() {
    const Entry x = *pick_any();
    if (options_.true_slopes) return keep(b_.mul(x.id, x.id), x.bound * x.bound);
    if (chance(0.5)) return keep(b_.emit(Op::kStopGradient, {x.id}), x.bound);
    keep(b_.emit(Op::kStraightThrough, {b_.emit(Op::kTanh, {x.id}), x.id}), 1);
  }

  // ---- Scans -----------------------------------------------------------------------------------------------------
  void scan() {
    if (depth() >= 2) return;
    const int64_t time = depth() == 0 ? kT : 2;
    std::vector<Entry> xs, init;
    for (size_t i = 0; i < 1 + below(2); ++i) {
      const Entry* x = pick([&](const Entry& e) { return e.shape.size() >= 2 && e.shape[0] == time && e.shape[1] == kN; });
      if (x) xs.push_back(*x);
    }
    if (xs.empty()) return;
    for (size_t i = 0; i < 1 + below(3); ++i) init.push_back(*pick([&](const Entry& e) {
      return e.shape.size() == 2 && e.shape[0] == kN && std::find(sizes_.begin(), sizes_.end(), e.shape[1]) != sizes_.end();
    }));
    const bool masked = depth() == 0 && chance(0.3), reset = depth() == 0 && chance(0.25);
    Values x_ids, init_ids;
    for (const Entry& x : xs) x_ids.push_back(x.id);
    for (const Entry& state : init) init_ids.push_back(state.id);

    const auto in = b_.begin_scan(x_ids, init_ids, chance(0.3), masked ? lengths_ : kNone, reset ? resets_ : kNone);
    enter();
    for (size_t i = 0; i < xs.size(); ++i) add(in.x_t[i], xs[i].bound, xs[i].exact);
    for (const ValueId state : in.states) add(state, kLargest);
    grow(2 + static_cast<int>(below(static_cast<size_t>(options_.operators) / 2)));
    // The next state depends on the one before it and on something that the body made.
    std::vector<Entry> next;
    for (size_t i = 0; i < init.size(); ++i) next.push_back(next_state(in.states[i], init[i].shape[1]));
    std::vector<Entry> ys;
    for (size_t i = 0; i < 1 + below(2); ++i) ys.push_back(output(next, masked));
    Values next_ids, y_ids;
    for (const Entry& state : next) next_ids.push_back(state.id);
    for (const Entry& y : ys) y_ids.push_back(y.id);
    const auto out = b_.end_scan(next_ids, y_ids);
    leave();
    for (const ValueId state : out.final_states) add(state, kLargest);
    for (size_t i = 0; i < ys.size(); ++i)
      if (b_.shape(out.stacked[i]).size() <= kLargestRank) add(out.stacked[i], ys[i].bound);
    scanned_ = true;
  }

  Entry next_state(ValueId before, int64_t size) {
    const Entry state{before, {kN, size}, kLargest};
    const ValueId recurrent = product(state, size);
    const Entry* same = pick([&](const Entry& e) { return e.shape == state.shape; });
    const ValueId sum = b_.add(recurrent, same->id);
    if (chance(0.7)) keep(b_.emit(Op::kTanh, {sum}), 1);
    else keep(b_.mul(sum, b_.constant(0.1)), (kLargest * static_cast<double>(size) + same->bound) / 10);
    return from_end(0);
  }

  Entry output(const std::vector<Entry>& states, bool rows) {
    const Entry* y = pick([&](const Entry& e) {
      return e.shape.size() < kLargestRank && (!rows || (!e.shape.empty() && e.shape[0] == kN));
    });
    return y && chance(0.5) ? *y : states[below(states.size())];
  }

  CaseBuilder& b_;
  RandomProgramOptions options_;
  int64_t steps_;
  std::vector<int64_t> sizes_;
  std::map<std::pair<int64_t, int64_t>, ValueId> weights_;
  std::map<int64_t, ValueId> tables_;
  ValueId index_time_ = kNone, index_rows_ = kNone, ends_ = kNone, lengths_ = kNone, resets_ = kNone;
  size_t given_ = 0;  // how many of the pool are inputs
  bool scanned_ = false;
};

}  // namespace

RandomProgram random_program(uint64_t seed, const RandomProgramOptions& options) {
  Stream stream(seed, 0, "sizes");
  const std::array<int64_t, 4> batches{1, 2, 3, 5}, steps{1, 2, 4, 6};
  const ir::Bindings sizes{{ir::kBatch, batches[stream.below(4)]}, {ir::kTime, steps[stream.below(4)]}};
  return {{"seed_" + std::to_string(seed),
           [=](CaseBuilder& b) { return Generator(b, seed, sizes, options).run(); }},
          sizes};
}

}  // namespace recur::exec
