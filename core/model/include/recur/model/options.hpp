// What a definition says of its model: plain values, already checked for type and range. Each struct's describe()
// gives its keys to whoever reads, prints or documents definitions (recur/config/field.hpp).
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
  double words = 0;                     // share of the tokens that are taken for <unk>, [0, 1)
};

// A cell that reads the characters of words, forwards and backwards.
struct CharacterOptions {
  int64_t hidden = 0;         // of each direction; 0: characters are not read
  std::string cell = "lstm";  // id in the registry, with its default hyper-parameters
  int64_t embedding = 0;      // width of the embedding of characters; 0: equal to hidden
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
  CharacterOptions characters;
  DropoutOptions dropout;
  bool crf = false;                         // classes of neighbouring steps depend on each other
  InitOptions init;
  std::string readout = "last";             // of the last layer, for one output a sequence: its last step, or the mean over its steps
};

template <class V>
void describe(V& visit, DropoutOptions& o) {
  visit("kind", o.kind, {.help = "between_layers: a new mask a step; variational: one mask a sequence",
                         .choices = {"between_layers", "variational"}});
  visit("rate", o.rate, {.help = "share set to zero", .min = 0, .max = 1, .open_max = true});
  visit("words", o.words, {.help = "share of the tokens that are taken for <unk>", .min = 0, .max = 1, .open_max = true});
}

template <class V>
void describe(V& visit, CharacterOptions& o) {
  visit("hidden", o.hidden, {.help = "hidden size of each direction; 0: characters are not read", .min = 0, .max = 1 << 20});
  visit("cell", o.cell, {.help = "id of the cell that reads them, forwards and backwards"});
  visit("embedding", o.embedding, {.help = "width of the embedding of characters; 0: the hidden size", .min = 0, .max = 1 << 20});
}

template <class V>
void describe(V& visit, InitOptions& o) {
  visit("scheme", o.scheme, {.help = "the rules of a whole: the cell's author's, PyTorch's or Keras's",
                             .choices = {"cell", "pytorch", "keras"}});
  const auto rule = [&](const char* name, std::string& value, const char* help) {
    visit(name, value,
          {.help = help,
           .choices = {"cell", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
                       "orthogonal", "uniform_hidden", "normal", "zeros", "ones"}});
  };
  rule("input", o.input, "rule for input weights; left to the scheme unless told");
  rule("recurrent", o.recurrent, "rule for recurrent weights; left to the scheme unless told");
  rule("bias", o.bias, "rule for biases; left to the scheme unless told");
}

template <class V>
void describe(V& visit, ModelOptions& o) {
  visit("cell", o.cell, {.help = "id of the recurrence; `recur cells` lists them", .required = true});
  visit("hyper", o.hyper, {.help = "the cell's own hyper-parameters; `recur cells ID` lists them"});
  visit("hidden", o.hidden, {.help = "hidden size H", .min = 1, .max = 1 << 20});
  visit("layers", o.layers, {.help = "layers L, one above the other", .min = 1, .max = 1024});
  visit("embedding", o.embedding, {.help = "width of the embedding of discrete inputs; 0: the hidden size", .min = 0, .max = 1 << 20});
  visit("characters", o.characters, {.help = "words are read by their characters too", .shorthand = "hidden"});
  visit("dropout", o.dropout, {.help = "regularisation by random zeros", .shorthand = "rate"});
  visit("crf", o.crf, {.help = "a linear-chain conditional random field over the classes of all steps in place of a softmax at each"});
  visit("init", o.init, {.help = "initial values of the weights", .shorthand = "scheme"});
  visit("readout", o.readout, {.help = "what the output is read from where a sequence has one: its last step, or the mean over its steps",
                               .choices = {"last", "mean"}});
}

}  // namespace recur::model
