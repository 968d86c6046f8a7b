// What a definition says of its model: plain values, already checked for type and range.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace recur::model {

// A cell's hyper-parameter as written in a definition; checked against the cell's descriptor by the plugin room.
using HyperValue = std::variant<bool, int64_t, double, std::string>;

struct DropoutOptions {
  std::string kind = "between_layers";  // between_layers: a new mask a step; variational: one mask a sequence (Gal, Ghahramani 2016)
  double rate = 0;                      // share set to zero, [0, 1)
};

// Initialisers by name: cell (what the cell's author chose), pytorch (U(-1/sqrt(H), 1/sqrt(H)) everywhere),
// keras (Glorot uniform input, orthogonal recurrent, zero bias).
// input, recurrent, bias: one of cell, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal,
// orthogonal, uniform_hidden (the PyTorch rule), normal, zeros, ones; "" leaves it to the scheme.
struct InitOptions {
  std::string scheme = "cell";
  std::string input;
  std::string recurrent;
  std::string bias;
};

struct ModelOptions {
  std::string cell;                         // id in the registry
  std::map<std::string, HyperValue> hyper;  // the cell's own hyper-parameters
  int64_t hidden = 32;                      // H
  int64_t layers = 1;                       // L
  int64_t embedding = 0;                    // width of the embedding of discrete inputs; 0: equal to hidden
  DropoutOptions dropout;
  InitOptions init;
};

}  // namespace recur::model
