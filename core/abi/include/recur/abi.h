/* The C boundary between recur and its plugins. C11 and C++20.
 *
 * A plugin describes its recurrence once: it is handed symbolic values, and each operator that it asks the host
 * for appends a node to a program. It never sees a buffer, a thread or a gradient.
 *
 * Rules
 * - A plugin exports one symbol, recur_plugin_entry_v1, which returns a static descriptor.
 * - Every struct opens with struct_size. A reader uses only members that lie within the size it was given, so
 *   members may be appended in a minor version; nothing is ever changed or taken away within a major one. An
 *   array of such structs is walked by the struct_size of its first element.
 * - Negotiation: the host refuses a descriptor whose abi_major differs from its own, or whose struct_size is below
 *   the size of version 1.0. It accepts any minor. A plugin that needs a host function of a later minor
 *   compares the host's struct_size first.
 * - No exception, allocation, RTTI or C++ type crosses. Whoever creates frees. Strings are UTF-8, end with 0,
 *   and belong to whoever made them; a string passed as an argument is copied before the call returns.
 * - A function that can fail returns a recur_status and says why through host->set_error before it returns.
 * - Threads: the host calls the functions of one instance from one thread at a time, of different instances
 *   from several threads at once. Descriptors are constant. Host functions may be called only during a call of
 *   the plugin by the host, with the recorder given to that call.
 * - A plugin is never unloaded.
 */
#ifndef RECUR_ABI_H
#define RECUR_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RECUR_ABI_MAJOR 1
#define RECUR_ABI_MINOR 1

/* A function pointer type that may be called from C and promises not to throw. */
#ifdef __cplusplus
#define RECUR_NOEXCEPT noexcept
#else
#define RECUR_NOEXCEPT
#endif

typedef int32_t recur_status;
enum { RECUR_OK = 0, RECUR_ERROR = 1 };

/* ---- Shapes -------------------------------------------------------------------------------------------------
 * A dimension is a size >= 0 or a symbol < 0 that is bound when a program is compiled. */
enum {
  RECUR_DIM_N = -1, /* batch: sequences trained together */
  RECUR_DIM_T = -2  /* time steps */
};
/* Segments of level 1, 2, ... (see recur_segments); below these the numbers are free. */
#define RECUR_MAX_LEVELS 8
#define RECUR_DIM_SEGMENTS(level) (RECUR_DIM_T - (int64_t)(level))
#define RECUR_MAX_RANK 4

/* A value in the program under construction. 0 is no value. */
typedef uint32_t recur_var;

/* ---- Operators ----------------------------------------------------------------------------------------------
 * host->emit(op, inputs, ints, reals). Shapes broadcast as in numpy where "broadcasts" is written.
 * Axes count from 0; a negative axis counts from the end. */
typedef enum recur_op {
  RECUR_OP_CONSTANT = 1,       /* (); ints: shape; reals[0]: the value of every element */
  /* arithmetic, broadcasts */
  RECUR_OP_ADD = 10,
  RECUR_OP_SUB = 11,
  RECUR_OP_MUL = 12,
  RECUR_OP_DIV = 13,
  RECUR_OP_MIN = 14,
  RECUR_OP_MAX = 15,
  RECUR_OP_POW = 16,           /* a > 0 */
  RECUR_OP_GREATER = 17,       /* 1 where a > b, else 0; no gradient */
  RECUR_OP_GREATER_EQUAL = 18,
  RECUR_OP_EQUAL = 19,
  RECUR_OP_SELECT = 20,        /* (c, a, b): a where c is not 0, else b; broadcasts; no gradient to c */
  /* element by element */
  RECUR_OP_NEG = 30,
  RECUR_OP_ABS = 31,
  RECUR_OP_EXP = 32,
  RECUR_OP_LOG = 33,
  RECUR_OP_SQRT = 34,
  RECUR_OP_SQUARE = 35,
  RECUR_OP_RECIPROCAL = 36,
  RECUR_OP_TANH = 37,
  RECUR_OP_SIGMOID = 38,
  RECUR_OP_RELU = 39,
  RECUR_OP_SOFTPLUS = 40,      /* log(1 + exp(x)) */
  RECUR_OP_SIN = 41,
  RECUR_OP_COS = 42,
  RECUR_OP_SIGN = 43,          /* no gradient */
  RECUR_OP_ROUND = 44,         /* to nearest, ties to even; no gradient */
  RECUR_OP_FLOOR = 45,         /* no gradient */
  /* products */
  RECUR_OP_MATMUL = 60,        /* (a, b); ints: transpose_a, transpose_b. b [K, M]: every row of a [..., K] times b.
                                  b of rank 3: batched over the first dimension of both. */
  RECUR_OP_OUTER = 61,         /* (a [N, A], b [N, B]) -> [N, A, B] */
  /* layout */
  RECUR_OP_CONCAT = 70,        /* (a, b, ...); ints: axis */
  RECUR_OP_SLICE = 71,         /* ints: axis, begin, end */
  RECUR_OP_RESHAPE = 72,       /* ints: shape */
  RECUR_OP_TRANSPOSE = 73,     /* ints: permutation of the axes */
  RECUR_OP_ROLL = 74,          /* ints: axis, shift; out[i + shift mod size] = in[i] */
  RECUR_OP_BROADCAST = 75,     /* ints: shape */
  /* reductions; ints: keep (0 or 1), axes... */
  RECUR_OP_SUM = 80,
  RECUR_OP_MEAN = 81,
  RECUR_OP_REDUCE_MAX = 82,    /* gradient to every element that equals the maximum, shared equally */
  /* normalisation over the last axis */
  RECUR_OP_SOFTMAX = 90,
  RECUR_OP_LOG_SOFTMAX = 91,
  RECUR_OP_LAYER_NORM = 92,    /* reals[0]: epsilon. (x - mean) / sqrt(variance + epsilon), without gain and bias */
  RECUR_OP_CROSS_ENTROPY = 93, /* (logits [..., V], index [...]) -> [...]: -log_softmax(logits)[index], in nats */
  /* gathering; indices are whole numbers kept as values; no gradient to them */
  RECUR_OP_GATHER = 100,       /* (table [V, D], index [...]) -> [..., D] */
  RECUR_OP_TAKE = 101,         /* (x [..., K], index [...]) -> [...]: one element of each row */
  RECUR_OP_GATHER_TIME = 102,  /* (x [T, N, D...], index [S, N]) -> [S, N, D...]: of each sequence the steps named */
  /* noise of the host, keyed by (seed, step, this node, time step, element) */
  RECUR_OP_UNIFORM = 110,      /* (); ints: shape; [0, 1) */
  RECUR_OP_NORMAL = 111,       /* (); ints: shape; mean 0, variance 1 */
  /* gradient flow */
  RECUR_OP_STOP_GRADIENT = 120,
  RECUR_OP_STRAIGHT_THROUGH = 121 /* (hard, soft): value of hard, gradient to soft */
} recur_op;

/* An element-wise operator that the host lacks (recur::map in the SDK). n elements a call; pointers never alias.
 * The functions must be pure: same inputs, same outputs, no state, any thread. */
typedef struct recur_map_kernel {
  uint32_t struct_size;
  uint32_t arity; /* 1 to 4; inputs broadcast against each other before the call */
  const char* name;
  void (*forward_f32)(const float* const* in, float* out, size_t n) RECUR_NOEXCEPT;
  void (*forward_f64)(const double* const* in, double* out, size_t n) RECUR_NOEXCEPT;
  /* d_in = d_out times the derivative by input number `which` */
  void (*gradient_f32)(const float* const* in, const float* d_out, uint32_t which, float* d_in, size_t n) RECUR_NOEXCEPT;
  void (*gradient_f64)(const double* const* in, const double* d_out, uint32_t which, double* d_in, size_t n) RECUR_NOEXCEPT;
} recur_map_kernel;

/* ---- Weights, states, hyper-parameters -------------------------------------------------------------------- */

typedef enum recur_role {
  RECUR_ROLE_INPUT = 0,     /* multiplies the layer's input */
  RECUR_ROLE_RECURRENT = 1, /* multiplies a state */
  RECUR_ROLE_BIAS = 2,
  RECUR_ROLE_OTHER = 3      /* not touched by initialisation schemes */
} recur_role;

typedef enum recur_init {
  RECUR_INIT_DEFAULT = 0,        /* by role: Glorot uniform, orthogonal, zeros, Glorot uniform */
  RECUR_INIT_CONSTANT = 1,       /* a */
  RECUR_INIT_UNIFORM = 2,        /* [a, b) */
  RECUR_INIT_NORMAL = 3,         /* mean a, standard deviation b */
  RECUR_INIT_GLOROT_UNIFORM = 4,
  RECUR_INIT_GLOROT_NORMAL = 5,
  RECUR_INIT_HE_UNIFORM = 6,
  RECUR_INIT_HE_NORMAL = 7,
  RECUR_INIT_LECUN_UNIFORM = 8,
  RECUR_INIT_LECUN_NORMAL = 9,
  RECUR_INIT_ORTHOGONAL = 10,    /* scaled by a */
  RECUR_INIT_UNIFORM_HIDDEN = 11 /* U(-1/sqrt(H), 1/sqrt(H)) */
} recur_init;

/* Adds `value` to the elements [begin, end) of the last axis after initialisation (a forget-gate bias, say). */
typedef struct recur_segment {
  int64_t begin, end;
  double value;
} recur_segment;

typedef struct recur_weight_spec {
  uint32_t struct_size;
  uint32_t role; /* recur_role */
  const char* name;
  const char* gates; /* order of the blocks along the last axis, "i f c o" say; or null */
  int64_t dims[RECUR_MAX_RANK];
  uint32_t rank;
  uint32_t init; /* recur_init */
  double a, b;
  const recur_segment* segments;
  uint32_t segment_count;
} recur_weight_spec;

typedef enum recur_start {
  RECUR_START_CONSTANT = 0, /* every element `value` */
  RECUR_START_LEARNED = 1   /* a weight named after the state: "h.start" */
} recur_start;

/* A state carried from step to step: [N, dims...]. */
typedef struct recur_state_spec {
  uint32_t struct_size;
  uint32_t start; /* recur_start */
  const char* name;
  int64_t dims[RECUR_MAX_RANK - 1];
  uint32_t rank;
  double value;
} recur_state_spec;

typedef enum recur_type { RECUR_BOOL = 0, RECUR_INT = 1, RECUR_REAL = 2, RECUR_CHOICE = 3 } recur_type;

typedef struct recur_value {
  uint32_t type; /* recur_type */
  int64_t integer; /* RECUR_BOOL: 0 or 1; RECUR_INT */
  double real;
  const char* text; /* RECUR_CHOICE: one of the choices, or any text where there are none */
} recur_value;

typedef struct recur_hyper {
  uint32_t struct_size;
  uint32_t type; /* recur_type */
  const char* name;
  const char* help;
  recur_value fallback; /* default */
  double min, max;      /* RECUR_INT, RECUR_REAL: inclusive; may be infinite */
  const char* const* choices; /* RECUR_CHOICE; none: any text */
  uint32_t choice_count;
} recur_hyper;

/* ---- The host ----------------------------------------------------------------------------------------------- */

typedef struct recur_recorder recur_recorder; /* a program under construction */
typedef struct recur_inner recur_inner;       /* another cell, asked for by id */

typedef enum recur_phase { RECUR_TRAIN = 0, RECUR_EVALUATE = 1, RECUR_GENERATE = 2 } recur_phase;

/* What an instance is made for. */
typedef struct recur_config {
  uint32_t struct_size;
  int64_t input;  /* I */
  int64_t hidden; /* H */
  const recur_value* hypers; /* in the order of the descriptor */
  uint32_t hyper_count;
} recur_config;

/* Boundaries of one level, given with the data. Level 1 cuts the T steps of each sequence into segments (characters into words), level
 * k + 1 cuts the segments of level k (words into sentences). B is T at level 1, else the number of segments of the level below; S is this
 * level's. All are whole numbers kept as values. Beyond the last segment of a sequence ends repeats its last entry, and beyond the
 * sequence's own steps so does of. */
typedef struct recur_segments {
  uint32_t struct_size;
  recur_var ends;   /* [S, N]: the last step of each segment, or the last segment of the level below */
  recur_var of;     /* [B, N]: the segment that each step, or segment of the level below, lies in */
  recur_var counts; /* [N]: how many segments each sequence has, at least 1 */
} recur_segments;

typedef struct recur_host {
  uint32_t struct_size;
  uint16_t abi_major, abi_minor;
  void (*set_error)(const char* message) RECUR_NOEXCEPT; /* of the calling thread */

  /* Declaring, during create only. The specs are copied. */
  recur_status (*declare_weight)(recur_recorder*, const recur_weight_spec*) RECUR_NOEXCEPT;
  recur_status (*declare_state)(recur_recorder*, const recur_state_spec*) RECUR_NOEXCEPT;

  /* Recording, during record_step and record_sequence only. */
  recur_phase (*phase)(recur_recorder*) RECUR_NOEXCEPT;
  recur_status (*weight)(recur_recorder*, const char* name, recur_var* out) RECUR_NOEXCEPT;
  recur_status (*shape)(recur_recorder*, recur_var, int64_t dims[RECUR_MAX_RANK], uint32_t* rank) RECUR_NOEXCEPT;
  recur_status (*emit)(recur_recorder*, uint32_t op, const recur_var* in, uint32_t in_count, const int64_t* ints,
                       uint32_t int_count, const double* reals, uint32_t real_count, recur_var* out) RECUR_NOEXCEPT;
  recur_status (*map)(recur_recorder*, const recur_map_kernel*, const recur_var* in, uint32_t in_count,
                      recur_var* out) RECUR_NOEXCEPT;
  /* Adds `scale` times the mean over steps and sequences of value [N] or [N, 1] (in record_sequence also [T, N]) to the loss. */
  recur_status (*auxiliary_loss)(recur_recorder*, const char* name, recur_var value, double scale) RECUR_NOEXCEPT;

  /* For layers. begin_scan opens a body: xs [T, ...] become x_t [...], init [N, ...] become the states of the step before.
     Values from outside may be used in the body. lengths [N] and resets [T, N] may be 0 (none). */
  recur_status (*begin_scan)(recur_recorder*, const recur_var* xs, uint32_t x_count, const recur_var* init,
                             uint32_t state_count, uint32_t reverse, recur_var lengths, recur_var resets,
                             recur_var* x_t, recur_var* states) RECUR_NOEXCEPT;
  recur_status (*end_scan)(recur_recorder*, const recur_var* next, uint32_t state_count, const recur_var* ys,
                           uint32_t y_count, recur_var* final_states, recur_var* stacked) RECUR_NOEXCEPT;
  /* Another cell as a part of this one: declared during create, under a name that prefixes its weights. */
  recur_status (*declare_inner)(recur_recorder*, const char* name, const char* id, int64_t input, int64_t hidden,
                                recur_inner** out) RECUR_NOEXCEPT;
  uint32_t (*inner_state_count)(recur_inner*) RECUR_NOEXCEPT;
  recur_status (*inner_start)(recur_recorder*, recur_inner*, recur_var* states) RECUR_NOEXCEPT;
  recur_status (*inner_step)(recur_recorder*, recur_inner*, recur_var x, const recur_var* states, recur_var* output,
                             recur_var* next) RECUR_NOEXCEPT;
  /* What an inner cell is like; also during create. output: O, its output's width. state: in the order of inner_start; the
     caller sets out->struct_size, the name lives as long as the instance. */
  int64_t (*inner_output)(recur_inner*) RECUR_NOEXCEPT;
  recur_status (*inner_state)(recur_inner*, uint32_t index, recur_state_spec* out) RECUR_NOEXCEPT;

  /* Since 1.1. */
  /* How many updates of the weights training has made before this run: a value [], for annealing. Without training, or where the host
     does not count, a number beyond the end of any schedule, 10^9. */
  recur_status (*updates)(recur_recorder*, recur_var* out) RECUR_NOEXCEPT;
  /* During record_sequence: the boundaries of level 1 ... as many as the extension recur.segments/1 asks for. The caller sets
     out->struct_size. */
  recur_status (*segments)(recur_recorder*, uint32_t level, recur_segments* out) RECUR_NOEXCEPT;
} recur_host;

/* ---- The plugin --------------------------------------------------------------------------------------------- */

typedef enum recur_kind {
  RECUR_CELL = 0, /* record_step: one time step */
  RECUR_LAYER = 1 /* record_sequence: a whole sequence */
} recur_kind;

typedef struct recur_cell_descriptor {
  uint32_t struct_size;
  uint32_t kind; /* recur_kind */
  const char* id;       /* lower case letters, digits, '_', '-' */
  const char* version;  /* semantic version */
  const char* summary;
  const char* citation; /* paper, equation numbers */
  const char* source;   /* file of the equations, or null */
  const char* notes;    /* what a user should know, threading for instance, or null */
  const recur_hyper* hypers;
  uint32_t hyper_count;

  /* Makes an instance and declares its weights and states. */
  recur_status (*create)(const recur_host*, recur_recorder*, const recur_config*, void** instance) RECUR_NOEXCEPT;
  void (*destroy)(void* instance) RECUR_NOEXCEPT;

  /* RECUR_CELL. x [N, I], states in the order declared -> output [N, O], next states. */
  recur_status (*record_step)(void* instance, const recur_host*, recur_recorder*, recur_var x, const recur_var* states,
                              uint32_t state_count, recur_var* output, recur_var* next) RECUR_NOEXCEPT;

  /* RECUR_LAYER. x [T, N, I], initial states, lengths [N] or 0, resets [T, N] or 0 -> y [T, N, O], final states. */
  recur_status (*record_sequence)(void* instance, const recur_host*, recur_recorder*, recur_var x,
                                  const recur_var* states, uint32_t state_count, recur_var lengths, recur_var resets,
                                  recur_var* y, recur_var* final_states) RECUR_NOEXCEPT;

  const void* (*get_extension)(const char* extension_id) RECUR_NOEXCEPT; /* or null */
} recur_cell_descriptor;

/* Extension "recur.lowering/1": the step equals a fused primitive of the host, which may then run that instead.
 * Primitives and the roles of their weights (layouts as the step uses them):
 *   onednn.lstm         weights_layer [I, 4H], weights_iter [H, 4H], bias [4H]; gates i f c o; states h c
 *   onednn.gru          weights_layer [I, 3H], weights_iter [H, 3H], bias [3H]; gates u r o; state h
 *   onednn.lbr_gru      as gru, bias [4H]: u r o u' where u' is added inside the reset product; state h
 *   onednn.rnn_tanh, onednn.rnn_relu   weights_layer [I, H], weights_iter [H, H], bias [H]; state h */
typedef struct recur_lowering {
  uint32_t struct_size;
  const char* primitive;
  const char* weights_layer;
  const char* weights_iter;
  const char* bias;
} recur_lowering;

#define RECUR_EXTENSION_LOWERING "recur.lowering/1"
typedef struct recur_lowering_extension {
  uint32_t struct_size;
  /* Fills *out and returns 1 where the instance has a lowering, else returns 0. Strings live as long as the plugin. */
  uint32_t (*lowering)(void* instance, recur_lowering* out) RECUR_NOEXCEPT;
} recur_lowering_extension;

/* Extension "recur.segments/1": the layer reads boundaries that come with the data. */
#define RECUR_EXTENSION_SEGMENTS "recur.segments/1"
typedef struct recur_segments_extension {
  uint32_t struct_size;
  /* How many levels of them the instance asks for, 0 ... RECUR_MAX_LEVELS. */
  uint32_t (*levels)(void* instance) RECUR_NOEXCEPT;
} recur_segments_extension;

/* Extension "recur.density/1": a cell that says how probable its own input is, x_t given x_1 ... x_t-1. Its output's first I columns are then
 * x: what was read, or in phase RECUR_GENERATE what was drawn. Hosts that want it set the hyper-parameters `output` to density and `emission` to
 * the distribution's name, where a cell has them and the user said nothing. */
typedef enum recur_distribution { RECUR_GAUSSIAN = 0, RECUR_BERNOULLI = 1, RECUR_CATEGORICAL = 2 } recur_distribution;
typedef struct recur_density {
  uint32_t struct_size;
  uint32_t distribution; /* recur_distribution, of x_t */
  uint32_t bound;        /* column: log p(x_t | past) or a bound below it, in nats, whose negative mean is the cell's auxiliary losses together */
  uint32_t log_weight;   /* column: of the latent variables drawn; the mean of exp of its sum over steps, over draws, estimates p(x) */
} recur_density;

#define RECUR_EXTENSION_DENSITY "recur.density/1"
typedef struct recur_density_extension {
  uint32_t struct_size;
  /* Fills *out, whose struct_size the caller has set, and returns 1 where the instance is such a cell, else returns 0. */
  uint32_t (*density)(void* instance, recur_density* out) RECUR_NOEXCEPT;
} recur_density_extension;

typedef struct recur_plugin {
  uint32_t struct_size;
  uint16_t abi_major, abi_minor;
  const char* sdk_version;
  const char* build_stamp; /* compiler, date: shown, never compared */
  const recur_cell_descriptor* const* cells;
  uint32_t cell_count;
} recur_plugin;

/* The one exported symbol. */
typedef const recur_plugin* (*recur_plugin_entry)(void)RECUR_NOEXCEPT;
#define RECUR_PLUGIN_ENTRY "recur_plugin_entry_v1"

#ifdef __cplusplus
}
#endif

#endif /* RECUR_ABI_H */
