// What is known of a cell: the descriptor of its plugin in C++ types, and what the scan found out by making one.
// All of it is in the scan's cache, so it is at hand without loading the plugin.
//
// Threading: values.
#pragma once

#include <recur/abi.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "recur/ir/program.hpp"

namespace recur::plugin {

// A hyper-parameter's value; a choice is its text.
using HyperValue = std::variant<bool, int64_t, double, std::string>;

// "true", "12", "0.5", "tanh"
std::string to_string(const HyperValue& value);

struct HyperInfo {
  std::string name;
  std::string help;
  recur_type type = RECUR_REAL;
  HyperValue fallback;               // the default; its alternative fits type
  double min = 0, max = 0;           // RECUR_INT, RECUR_REAL: inclusive; may be infinite
  std::vector<std::string> choices;  // RECUR_CHOICE; empty: any text
};

struct WeightInfo {
  std::string name;      // "W"; of an inner cell "forwards.W"; of a learned start "h.start"
  ir::Shape dims;        // sizes
  std::string layout;    // from the scan: the sizes in terms of the layer's, "[I, 4H]"; else ""
  std::string gates;     // order of the blocks along the last axis, "i f c o"; or ""
  recur_role role = RECUR_ROLE_OTHER;
  recur_init init = RECUR_INIT_DEFAULT;
  double a = 0, b = 0;   // of init
  std::vector<recur_segment> segments;  // added along the last axis after initialisation

  int64_t size() const;  // product of dims
};

struct StateInfo {
  std::string name;          // "h"
  ir::Shape dims;            // sizes, without the batch
  std::string layout;        // "[N, H]"; as WeightInfo::layout
  double value = 0;          // start of every element, where it is not learned
  std::string start_weight;  // the weight that holds the learned start; "" where the start is a constant
};

struct CellInfo {
  std::string id;
  recur_kind kind = RECUR_CELL;
  std::string version;
  std::string summary;
  std::string citation;
  std::string source;     // file of the equations, or ""
  std::string notes;      // or ""
  std::vector<HyperInfo> hypers;

  // As made by the scan with I = H = 8 and default hyper-parameters; empty in a descriptor that was only read.
  std::vector<WeightInfo> weights;
  std::vector<StateInfo> states;
  std::string lowers_to;  // "onednn.gru", or ""
};

}  // namespace recur::plugin
