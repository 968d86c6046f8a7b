// Initial values of weights by named rules. fan_in and fan_out are the last two sizes of the shape (both the size for one axis).
//
//   glorot_uniform, glorot_normal   variance 2 / (fan_in + fan_out)   Glorot and Bengio 2010, equation 16
//   he_uniform, he_normal           variance 2 / fan_in               He et al. 2015, equation 10
//   lecun_uniform, lecun_normal     variance 1 / fan_in               LeCun et al. 1998, section 4.6
//   orthogonal                      rows or columns, whichever are fewer, orthonormal   Saxe et al. 2013
//   uniform_hidden                  U(-1/sqrt(H), 1/sqrt(H)), PyTorch's rule for recurrent layers
//   normal                          mean 0, standard deviation 0.05
//   zeros, ones
//
// As in Keras the matrices of all gates side by side count as one: [I, 4H] has fan_out 4H, and [H, 4H] gets orthonormal rows.
// Normal rules are not truncated.
//
// Threading: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/ir/program.hpp"
#include "recur/model/options.hpp"
#include "recur/plugin/cell_info.hpp"
#include "recur/random/stream.hpp"

namespace recur::model {

// Fills values, row-major of the shape, by a rule's name. hidden: H of uniform_hidden. Requires a known name other than "cell".
void fill_by_rule(std::string_view rule, const ir::Shape& shape, int64_t hidden, Stream& stream, std::span<float> values);

// Fills a cell's weight: the override for its role, else the scheme's rule, else the cell's own; then adds its segments.
// Weights of the role "other" keep the cell's own rule under every scheme.
void fill_cell_weight(const plugin::WeightInfo& weight, const InitOptions& options, int64_t hidden, Stream& stream,
                      std::span<float> values);

// The embedding [V, E]: standard normal; keras: U(-0.05, 0.05).
void fill_embedding(const InitOptions& options, Stream& stream, std::span<float> values);
// The head's W [O, K] and b [K]: Glorot uniform and zeros; pytorch: U(-1/sqrt(O), 1/sqrt(O)) both.
void fill_head(const InitOptions& options, const ir::Shape& shape, int64_t inputs, Stream& stream, std::span<float> values);

// Makes the rows (or, where there are more rows than columns, the columns) of a [rows, columns] orthonormal, in double, from values
// that are standard normal: the result is uniform over such matrices (Mezzadri 2007).
void orthonormalize(std::span<double> a, int64_t rows, int64_t columns);

}  // namespace recur::model
