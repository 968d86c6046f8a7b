// A cell made for one layer: for I inputs, H hidden units and values of its hyper-parameters. Knows its weights and states
// and records its recurrence into a program.
//
// Errors: what the plugin refuses or does wrong is a UserError that names the plugin's file, the cell and what
// happened: "plugins/mgu.so: cell 'mgu': step: matmul: [N, 64] times [32, 128]: 64 and 32 differ".
// Threading: one instance, one thread at a time; several instances at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recur/ir/builder.hpp"
#include "recur/plugin/cell_info.hpp"
#include "recur/plugin/hypers.hpp"
#include "recur/plugin/loaded_cell.hpp"

namespace recur::plugin {

// The value that holds a weight, by the name in CellInstance::weights(). Called once for each weight before anything else
// is recorded, so a function that makes program inputs makes them outside of every scan.
using WeightValues = std::function<ir::ValueId(const std::string& name)>;

// A further term of the loss, a KL divergence say: add scale * value.
struct AuxiliaryLoss {
  std::string name;
  ir::ValueId value = ir::kNone;  // [], the mean over the valid steps and sequences, not yet scaled
  double scale = 1;
};

// The boundaries of one level that come with the data, for layers that ask for them; recur_segments in abi.h says what they hold.
struct Segments {
  ir::ValueId ends = ir::kNone;    // [S, N]
  ir::ValueId of = ir::kNone;      // [B, N]
  ir::ValueId counts = ir::kNone;  // [N]
};

// Inputs of the program for `levels` levels under x [T, N, I]: "segments1/ends", "segments1/of", "segments1/counts", "segments2/ends", ...
// The numbers of segments are the symbols RECUR_DIM_SEGMENTS(level).
std::vector<Segments> segment_inputs(ir::Builder& builder, int64_t levels, int64_t T = ir::kTime, int64_t N = ir::kBatch);

// Of a cell that models its own input: where its output [.., O] holds what; recur_density in abi.h says more. The first I columns are x.
struct Density {
  recur_distribution distribution = RECUR_GAUSSIAN;
  int64_t bound = 0, log_weight = 0;  // columns
};

struct LayerInputs {
  ir::ValueId x = ir::kNone;         // [T, N, I]
  std::vector<ir::ValueId> initial;  // [N, dims...] in the order of states(); empty: start_states()
  ir::ValueId lengths = ir::kNone;   // [N], or kNone: all T steps are valid
  ir::ValueId resets = ir::kNone;    // [T, N], or kNone: 1 where a sequence starts anew before the step
  bool reverse = false;              // cells only: run from the last valid step to the first
  recur_phase phase = RECUR_TRAIN;
  WeightValues weights;
  std::vector<Segments> segments = {};  // at least levels() of them, from level 1
  ir::ValueId updates = ir::kNone;      // []: how many updates training has made, or kNone: training is over
};

struct LayerOutputs {
  ir::ValueId y = ir::kNone;               // [T, N, O]; zero at steps beyond a sequence's length
  std::vector<ir::ValueId> final_states;   // [N, dims...] in the order of states()
  std::vector<AuxiliaryLoss> losses;
};

struct StepInputs {
  ir::ValueId x = ir::kNone;         // [N, I]
  std::vector<ir::ValueId> states;   // [N, dims...]; empty: start_states()
  recur_phase phase = RECUR_TRAIN;
  WeightValues weights;
  ir::ValueId updates = ir::kNone;  // as LayerInputs::updates
};

struct StepOutputs {
  ir::ValueId output = ir::kNone;     // [N, O]
  std::vector<ir::ValueId> next;      // [N, dims...]
  std::vector<AuxiliaryLoss> losses;
};

class CellInstance {
 public:
  // inner: where the cell's own inner cells come from; none are allowed where it is empty. Throws UserError.
  CellInstance(const LoadedCell& cell, int64_t input, int64_t hidden, const HyperValues& hypers = {},
               FindCell inner = {});
  ~CellInstance();
  CellInstance(CellInstance&&) noexcept;
  CellInstance& operator=(CellInstance&&) noexcept;

  const CellInfo& info() const;
  int64_t input() const;   // I
  int64_t hidden() const;  // H
  int64_t output() const;  // O, the width of y; often H
  const std::vector<HyperValue>& hypers() const;     // in the order of info().hypers
  const std::vector<WeightInfo>& weights() const;    // inner cells' weights and learned starts included
  const std::vector<StateInfo>& states() const;
  int64_t parameters() const;                        // trainable scalars
  std::string lowers_to() const;                     // "onednn.gru", or ""
  int64_t levels() const;                            // of boundaries that a layer reads, 0 for most
  const std::optional<Density>& density() const;     // of a cell that models its own input

  // The states before the first step, [N, dims...], N taken from dimension `axis` of `like`.
  std::vector<ir::ValueId> start_states(ir::Builder& builder, ir::ValueId like, int axis,
                                        const WeightValues& weights) const;

  // Records the whole sequence. A cell's step becomes the body of a scan named after the cell, with its lowering;
  // a layer records what it likes.
  LayerOutputs record_layer(ir::Builder& builder, const LayerInputs& inputs) const;

  // Records one step, for inference step by step. Cells only: a layer is a UserError.
  StepOutputs record_step(ir::Builder& builder, const StepInputs& inputs) const;

 private:
  friend class Recorder;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace recur::plugin
