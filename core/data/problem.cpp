#include "problem.hpp"

#include <array>
#include <algorithm>
#include <cmath>
#include <limits>

#include "bit_source.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr int64_t kItem = 3;  // vectors of an item of associative_recall

// Symbols of the Reber grammar, as algorithm.hpp numbers them.
enum Symbol : int32_t { B, T, S, X, P, V, E };

struct Edge {
  Symbol symbol;
  int state;
};
// The two ways out of each state between B and E; state 5 leads to E alone.
constexpr int kEnd = 5;
constexpr std::array<std::array<Edge, 2>, 5> kGrammar{{{{{T, 1}, {P, 2}}}, {{{S, 1}, {X, 3}}}, {{{T, 2}, {V, 4}}}, {{{X, 2}, {S, kEnd}}}, {{{P, 3}, {V, kEnd}}}}};

}  // namespace

bool is_bitwise(const std::string& problem) {
  return problem == "copy" || problem == "repeat_copy" || problem == "associative_recall" || problem == "ngrams" || problem == "priority_sort";
}

bool counts_differ(const std::string& problem) { return problem == "reber" || problem == "addition"; }

int64_t steps_of(const AlgorithmOptions& options, const ProblemSize& size) {
  const int64_t L = size.length;
  if (options.problem == "copy") return 2 * L + 1;
  if (options.problem == "repeat_copy") return L + 1 + size.repeats * L + 1;
  if (options.problem == "associative_recall") return L * (1 + kItem) + 1 + kItem + 1 + kItem;
  if (options.problem == "copy_memory") return L + 2 * kRemembered;
  if (options.problem == "priority_sort") return L + 1 + std::min(L, options.highest);
  if (options.problem == "addition") return 3 * (L + 1);  // of the longest answer
  return L;                                               // adding, ngrams, reber
}

int64_t counted_of(const AlgorithmOptions& options, const ProblemSize& size) {
  if (options.problem == "copy") return size.length;
  if (options.problem == "repeat_copy") return size.repeats * size.length + 1;
  if (options.problem == "associative_recall") return kItem;
  if (options.problem == "priority_sort") return std::min(size.length, options.highest);
  if (options.problem == "addition") return size.length + 2;
  if (options.problem == "adding") return 1;
  return steps_of(options, size);
}

void ProblemRow::generate(const ProblemSize& size, Stream& stream) {
  if (options_.problem == "copy") return copy(size, stream);
  if (options_.problem == "repeat_copy") return repeat_copy(size, stream);
  if (options_.problem == "associative_recall") return associative_recall(size, stream);
  if (options_.problem == "adding") return adding(size, stream);
  if (options_.problem == "ngrams") return ngrams(size, stream);
  if (options_.problem == "priority_sort") return priority_sort(size, stream);
  if (options_.problem == "addition") return addition(size, stream);
  if (options_.problem == "copy_memory") return copy_memory(size, stream);
  reber(stream);
}

void ProblemRow::random_vectors(int64_t first, int64_t count, Stream& stream) {
  for (int64_t t = first; t < first + count; ++t)
    for (int64_t bit = 0; bit < options_.bits; ++bit) x(t, bit) = static_cast<float>(stream.below(2));
}

void ProblemRow::answer(int64_t to, int64_t from) {
  for (int64_t bit = 0; bit < options_.bits; ++bit) y(to, bit) = x(from, bit);
  to_.counts[at(to)] = 1;
}

void ProblemRow::copy(const ProblemSize& size, Stream& stream) {
  const int64_t L = size.length;
  random_vectors(0, L, stream);
  x(L, options_.bits) = 1;
  for (int64_t t = 0; t < L; ++t) answer(L + 1 + t, t);
}

void ProblemRow::repeat_copy(const ProblemSize& size, Stream& stream) {
  const int64_t L = size.length, R = options_.max_repeats;
  random_vectors(0, L, stream);
  x(L, options_.bits) = 1;
  // The number asked for, with mean 0 and variance 1 over 1 ... R.
  const double deviation = std::sqrt((static_cast<double>(R * R) - 1) / 12);
  if (R > 1) x(L, options_.bits + 1) = static_cast<float>((static_cast<double>(size.repeats) - static_cast<double>(R + 1) / 2) / deviation);
  for (int64_t t = 0; t < size.repeats * L; ++t) answer(L + 1 + t, t % L);
  const int64_t last = L + 1 + size.repeats * L;
  y(last, options_.bits) = 1;
  to_.counts[at(last)] = 1;
}

void ProblemRow::associative_recall(const ProblemSize& size, Stream& stream) {
  const auto first_of = [](int64_t item) { return item * (1 + kItem) + 1; };
  for (int64_t item = 0; item < size.length; ++item) {
    x(first_of(item) - 1, options_.bits) = 1;
    random_vectors(first_of(item), kItem, stream);
  }
  const auto asked = static_cast<int64_t>(stream.below(static_cast<uint64_t>(size.length - 1)));
  const int64_t query = size.length * (1 + kItem);
  x(query, options_.bits + 1) = x(query + 1 + kItem, options_.bits + 1) = 1;
  for (int64_t i = 0; i < kItem; ++i) {
    for (int64_t bit = 0; bit < options_.bits; ++bit) x(query + 1 + i, bit) = x(first_of(asked) + i, bit);
    answer(query + 2 + kItem + i, first_of(asked + 1) + i);
  }
}

void ProblemRow::ngrams(const ProblemSize& size, Stream& stream) {
  BitSource source(stream);
  for (int64_t t = 0; t < size.length; ++t) {
    y(t, 0) = source.next(stream) ? 1 : 0;
    if (t + 1 < size.length) x(t + 1, 0) = y(t, 0);
    to_.counts[at(t)] = 1;
  }
}

void ProblemRow::priority_sort(const ProblemSize& size, Stream& stream) {
  const int64_t L = size.length, mark = options_.bits, priority = options_.bits + 1;
  random_vectors(0, L, stream);
  x(L, mark) = 1;
  for (int64_t t = 0; t < L; ++t) x(t, priority) = static_cast<float>(stream.uniform(-1, 1));
  // The next lower priority each time: nothing is allocated. Of equal ones the first read comes first.
  float last = std::numeric_limits<float>::infinity();
  int64_t from = 0;
  for (int64_t k = 0; k < std::min(L, options_.highest); ++k) {
    int64_t next = -1;
    for (int64_t t = 0; t < L; ++t)
      if ((x(t, priority) < last || (x(t, priority) == last && t > from)) && (next < 0 || x(t, priority) > x(next, priority))) next = t;
    answer(L + 1 + k, next);
    last = x(next, priority);
    from = next;
  }
}

void ProblemRow::adding(const ProblemSize& size, Stream& stream) {
  for (int64_t t = 0; t < size.length; ++t) x(t, 0) = static_cast<float>(stream.uniform());
  const auto T = static_cast<uint64_t>(size.length);
  const auto first = static_cast<int64_t>(stream.below(T));
  auto second = static_cast<int64_t>(stream.below(T - 1));
  if (second >= first) ++second;
  x(first, 1) = x(second, 1) = 1;
  to_.y[static_cast<size_t>(n_)] = x(first, 0) + x(second, 0);
}

void ProblemRow::copy_memory(const ProblemSize& size, Stream& stream) {
  const int64_t steps = steps_of(options_, size);
  constexpr int32_t kBlank = 0, kGo = 9;
  for (int64_t t = 0; t < steps; ++t) {
    to_.tokens[at(t)] = t >= steps - kRemembered - 1 ? kGo : kBlank;
    to_.labels[at(t)] = kBlank;
  }
  for (int64_t t = 0; t < kRemembered; ++t)
    to_.labels[at(steps - kRemembered + t)] = to_.tokens[at(t)] = 1 + static_cast<int32_t>(stream.below(8));
}

// Writes a string as far as it fits; returns its symbols.
int64_t ProblemRow::write_reber(Stream& stream) {
  int64_t symbols = 0;
  const int64_t most = options_.max_length;
  const auto add = [&](Symbol symbol) {
    if (symbols < most) to_.tokens[at(symbols)] = symbol;
    if (symbols >= 1 && symbols <= most) to_.labels[at(symbols - 1)] = symbol;
    ++symbols;
  };
  const Symbol outer = stream.below(2) == 0 ? T : P;
  add(B), add(outer), add(B);
  for (int state = 0; state != kEnd && symbols <= most;) {
    const Edge edge = kGrammar[static_cast<size_t>(state)][stream.below(2)];
    add(edge.symbol);
    state = edge.state;
  }
  add(E), add(outer), add(E);
  return symbols;
}

void ProblemRow::reber(Stream& stream) {
  int64_t symbols = write_reber(stream);
  while (symbols - 1 > options_.max_length) symbols = write_reber(stream);
  for (int64_t t = symbols - 1; t < options_.max_length; ++t) {
    to_.tokens[at(t)] = 0;
    to_.labels[at(t)] = kIgnored;
  }
  to_.lengths[static_cast<size_t>(n_)] = static_cast<int32_t>(symbols - 1);
}

void ProblemRow::addition(const ProblemSize& size, Stream& stream) {
  const int64_t L = size.length, plus = L, equals = 2 * L + 1, steps = steps_of(options_, size);
  const auto token = [&](int64_t t) -> int32_t& { return to_.tokens[at(t)]; };
  for (int64_t t = 0; t < equals; ++t) token(t) = static_cast<int32_t>(t == 0 || t == plus + 1 ? 1 + stream.below(9) : stream.below(10));
  token(plus) = kPlus;
  token(equals) = kEquals;
  // Column by column from the lowest, as if the sum had L + 1 digits; without a carry out of the highest it moves up by one.
  int32_t carry = 0;
  for (int64_t column = L; column >= 1; --column) {
    const int32_t sum = token(column - 1) + token(plus + column) + carry;
    token(equals + 1 + column) = sum % 10;
    carry = sum / 10;
  }
  const int64_t digits = L + carry;
  token(equals + 1) = carry;
  if (carry == 0)
    for (int64_t i = 1; i <= L; ++i) token(equals + i) = token(equals + i + 1);
  for (int64_t t = equals + digits + 1; t < steps; ++t) token(t) = kAnswerEnd;
  for (int64_t t = 0; t < steps; ++t) {
    const int64_t i = t - equals;  // place in the answer
    to_.labels[at(t)] = i < 0 || i > digits ? kIgnored : i == digits ? kAnswerEnd : token(t + 1);
  }
}

}  // namespace recur::data
