// A whole model as one program: an embedding for discrete inputs, L recurrent layers, a dense head, and the task's loss.
//
//   tokens [T, N] -> embedding/W [V, E] -> [T, N, E]        or x [T, N, C] as it is
//     with options().characters each word's spelling beside it -> [T, N, E + 2 Oc]: characters/W, characters/forwards.*,
//     characters/backwards.* (Ling et al. 2015, arXiv:1508.02096; Lample et al. 2016, arXiv:1603.01360; Plank et al. 2016, arXiv:1604.05529)
//   -> layer0 ... layer<L-1>, each a cell of the registry -> [T, N, O]
//   -> head/W [O, K], head/b [K] -> predictions [N, K], [T, N, K] or logits [T, N, V]
//
// Of a density (core/model/density.hpp) the layers read x one step later, and the head gives the parameters of the distribution of x_t. A cell
// that models its own input (recur_density in abi.h: vrnn, with hyper-parameter output: density, which is set for it) reads x as it is; it
// has no head, must be the only layer, and what is learned are its auxiliary losses.
//
// Dropout lies between every two of these in training: after the embedding and after each layer. The kept values are scaled by
// 1 / (1 - rate), so evaluation needs nothing (Srivastava et al. 2014, section 10). between_layers draws a mask for each step
// (Zaremba et al. 2014, arXiv:1409.2329), variational one mask a sequence that all its steps share (Gal and Ghahramani 2016,
// arXiv:1512.05287, section 4, without the recurrent connections, which belong to the cell).
//
// With dropout.words so many tokens, drawn for each step by itself, are taken for <unk>, entry 0 of every vocabulary, so that it is learned; how
// they are spelled stays.
//
// Loss: the mean over the counted targets of the squared error (regression) or of the cross-entropy in nats (categorical; binary: the
// mean over positions of its sum over the outputs), and in training the cells' auxiliary losses times their scales.
//
// With options().crf the logits of classes at every step are the emissions of a linear-chain conditional random field with head/transitions
// [V, V], head/start [V] and head/end [V] (Lafferty, McCallum and Pereira 2001): the loss is the sequences' negative log-likelihood over the
// counted labels, and what is predicted are the max-marginals, whose largest at each step are the Viterbi path. Labels that do not count within a
// sequence are taken as unknown and summed over, like what a task tags in part alone (Tsuboi et al. 2008).
//
// Errors: what a cell refuses is a UserError. Threading: one thread at a time; several networks at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recur/data/encoding.hpp"
#include "recur/data/task.hpp"
#include "recur/ir/builder.hpp"
#include "recur/model/options.hpp"
#include "recur/model/parameter_set.hpp"
#include "recur/plugin/cell_instance.hpp"
#include "recur/plugin/registry.hpp"

namespace recur::model {

// What a program is recorded for.
//
// Inputs beside the parameters, all as floats (tokens, labels, lengths and steps are whole numbers):
//   x [T, N, C] or tokens [T, N]
//   spellings [L, M], spelling_lengths [M], spelled [T, N]   where characters are read; see data::BatchBuffers
//   last [1, N]                 the last valid step, for outputs at the last step that are read from it
//   lengths [N]                 where sequences differ in length
//   fresh [N], state/<name> [N, dims...]   where the task carries its state, and for kStep: fresh is 1 where a sequence begins,
//                               so that its carried state does not count
//   segments<k>/ends, of, counts   where the task has boundaries, but not kStep: plugin::segment_inputs
//   updates []                  kTrain: how many updates there have been
//   y or labels, weight         kTrain, kEvaluate: targets, and what each position counts in the loss: weight [N] or [T, N] holds
//                               1 / counted targets or 0; labels that do not count are any class with weight 0
// Outputs by name:
//   loss []                     kTrain: what is differentiated, with auxiliary losses
//   data_loss []                kTrain, kEvaluate: without
//   correct []                  kTrain, kEvaluate of classes: positions with weight whose label has the highest logit or max-marginal
//   prediction                  all but kTrain and kEvaluate of classes whose logits are not shown: [N, K] or [T, N, K]; of classes
//                               and of binary outputs the logits, with a CRF the max-marginals; of a density data::Outcome::predictions,
//                               and for kStep a draw of x [N, C], for which x is the draw of the step before (zeros ahead of the first)
//   state/<name>                where states are inputs: the states after the last step
enum class Purpose {
  kTrain,
  kEvaluate,
  kPredict,  // whole sequences without targets
  kStep,     // one step with carried states: T is 1, and last and lengths are left out
};

// Symbols of programs that read characters: M, different words of a batch, and L, characters of the longest.
inline constexpr int64_t kSpellings = RECUR_DIM_SEGMENTS(RECUR_MAX_LEVELS + 1), kLetters = RECUR_DIM_SEGMENTS(RECUR_MAX_LEVELS + 2);

// A state carried over batches or steps.
struct CarriedState {
  std::string name;  // "layer0/h"
  ir::Shape dims;    // sizes, without the batch
  int64_t size() const;  // product of dims: floats a sequence
};

// A hyper-parameter by which a cell that can model its own input is made to do so.
struct DensityHyper {
  std::string name, value;
  // Whether a cell's hyper-parameter is this one and has the value to choose from.
  bool offered_by(const std::string& hyper, const std::vector<std::string>& choices) const;
};

// What a task of densities asks of a cell, where the definition says nothing else.
std::vector<DensityHyper> density_hypers(data::OutputSpec::Distribution distribution);

class Network {
 public:
  // Makes the cells. Throws UserError: an unknown cell, wrong hyper-parameters, what the cell refuses, a CRF where it cannot be, characters where
  // the task does not tell them.
  Network(const ModelOptions& options, const data::TaskSpec& spec, const plugin::FindCell& find);
  // The same from the registry, which also knows the weights' layouts and must outlive the network.
  Network(const ModelOptions& options, const data::TaskSpec& spec, const plugin::Registry& registry);

  const ModelOptions& options() const { return options_; }
  const data::TaskSpec& spec() const { return spec_; }
  const SharedLayout& layout() const { return layout_; }
  int64_t parameters() const { return layout_->scalars(); }
  const std::vector<plugin::CellInstance>& layers() const { return layers_; }
  bool reads_characters() const { return !character_cells_.empty(); }
  const std::vector<CarriedState>& states() const { return states_; }

  // Records the program; the batch and the time are the symbols ir::kBatch and ir::kTime (to be bound to 1 for kStep). The loss is
  // output 0. Throws UserError for what a cell refuses to record, and for kStep of a CRF or of a model that reads
  // characters, which are given whole sentences.
  ir::Program program(Purpose purpose) const;

  // Initial values by the rules of options().init. Parameter by parameter from Stream(seed, replicate, "init/" + name), so that
  // networks with equal names and shapes begin equal.
  ParameterSet initial(uint64_t seed, uint64_t replicate) const;

 private:
  friend class NetworkRecorder;

  ModelOptions options_;
  data::TaskSpec spec_;
  std::vector<plugin::CellInstance> layers_;
  std::vector<plugin::CellInstance> character_cells_;  // forwards and backwards, or none
  SharedLayout layout_;
  std::vector<CarriedState> states_;
};

// Whether a CRF can be over what the model gives: classes at every step of whole sequences.
bool allows_crf(const data::TaskSpec& spec);

// What the model of a task with this encoding reads and gives, so that a trained model is used without its data set.
data::TaskSpec task_spec(const data::Encoding& encoding);

}  // namespace recur::model
