// The host's side of the boundary: what recur_recorder and recur_inner stand for, and the table of host functions.
//
// A recording is one call of record_layer or record_step from outside. Its values are numbered for the plugins in
// a table of its own, so that no number a plugin makes up reaches the builder. Inner cells record into the
// recording of the cell around them through a recorder of their own.
#pragma once

#include <recur/abi.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recur/ir/builder.hpp"
#include "recur/plugin/cell_instance.hpp"

namespace recur::plugin {

// A loss inside a scan that is still open: one value a sequence and step.
struct PendingLoss {
  std::string name;
  ir::ValueId value;  // [N]
  double scale;
};

// A step of an inner cell that its lowering would replace if it were all that a scan does.
struct InnerStep {
  std::vector<ir::ValueId> inputs;   // x, states
  std::vector<ir::ValueId> outputs;  // next states, output
  ir::Lowering lowering;             // without x
};

struct OpenScan {
  uint64_t serial = 0;
  ir::ValueId lengths = ir::kNone;
  std::vector<PendingLoss> losses;
  std::vector<ir::ValueId> xs;      // outside
  std::vector<ir::ValueId> inputs;  // x_t, states
  std::optional<InnerStep> inner;   // the step recorded last
};

class Recording {
 public:
  Recording(ir::Builder& b, recur_phase p) : builder(b), phase(p) {}

  recur_var add(ir::ValueId value);
  // Throws UserError for a number that was never given out, or whose scan has ended.
  ir::ValueId value(recur_var var) const;
  std::vector<ir::ValueId> values(const recur_var* vars, uint32_t count) const;

  bool in_scan() const { return !scans_.empty(); }
  size_t depth() const { return scans_.size(); }
  ir::Builder::ScanVars begin_scan(const std::vector<ir::ValueId>& xs, const std::vector<ir::ValueId>& init, bool reverse,
                                   ir::ValueId lengths, ir::ValueId resets);
  // Stacks the losses of the body beside ys and hands them to the block around it; count: how many there were.
  ir::Builder::ScanResult end_scan(std::vector<ir::ValueId> next, std::vector<ir::ValueId> ys, const std::string& name,
                                   size_t* loss_count = nullptr);
  void add_loss(const std::string& name, ir::ValueId value, double scale);
  // Says that the innermost scan stepped such a cell. Where that turns out to be all it does, it may be lowered as the cell may.
  void note_inner(InnerStep step);

  ir::Builder& builder;
  recur_phase phase;
  ir::Shape batch_time;                 // {T, N} of a layer's x, {N} of a step's
  ir::ValueId lengths = ir::kNone;      // of the layer
  std::vector<Segments> segments;       // of the layer
  ir::ValueId updates = ir::kNone;
  std::vector<AuxiliaryLoss> losses;    // finished

 private:
  struct Entry {
    ir::ValueId id;
    uint64_t scan;  // serial of the scan it was made in, 0 outside
  };
  std::vector<Entry> values_;
  std::vector<OpenScan> scans_;
  uint64_t next_serial_ = 1;
};

// The weights and states that an instance declares, and its inner cells.
struct Declarations {
  std::vector<WeightInfo> weights;
  std::vector<StateInfo> states;
  std::vector<std::unique_ptr<recur_inner>> inners;
  const FindCell* find = nullptr;

  void add_weight(const recur_weight_spec& spec);
  void add_state(const recur_state_spec& spec);
  recur_inner* add_inner(const std::string& name, const std::string& id, int64_t input, int64_t hidden);
};

const recur_host& host_table();

}  // namespace recur::plugin

// What the plugin sees as its recorder; made for one call.
struct recur_recorder {
  recur::plugin::Declarations* declaring = nullptr;  // during create
  recur::plugin::Recording* recording = nullptr;     // during record_*
  std::string prefix;                                // of weights and losses: "" or "forwards."
  const std::map<std::string, recur::ir::ValueId>* weights = nullptr;
  size_t base_depth = 0;                             // scans open when the call began
};

struct recur_inner {
  std::string name;
  recur::plugin::CellInstance instance;
};

namespace recur::plugin {

// Reaches into an instance for those that record it as a part of another.
class Recorder {
 public:
  // x [N, I]. prefix: of this instance's weights in `weights`.
  static void step(const CellInstance& cell, Recording& recording, const std::map<std::string, ir::ValueId>& weights,
                   const std::string& prefix, ir::ValueId x, const std::vector<ir::ValueId>& states, ir::ValueId* output,
                   std::vector<ir::ValueId>* next);
  // How a scan of the cell alone may be lowered, without its x; nullopt where it may not.
  static std::optional<ir::Lowering> lowering(const CellInstance& cell, const Recording& recording,
                                              const std::map<std::string, ir::ValueId>& weights, const std::string& prefix);
  static std::vector<ir::ValueId> start(const CellInstance& cell, ir::Builder& builder, int64_t batch,
                                        const std::map<std::string, ir::ValueId>& weights, const std::string& prefix);
};

}  // namespace recur::plugin
