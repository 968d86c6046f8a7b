/* Version 1.1 of the ABI in numbers: X(struct, member, offset) and S(struct, size) for x86-64 and aarch64 alike. What stands here
 * never changes while the major version is 1; members may only be appended, which adds lines and changes a size. */
#ifndef RECUR_TESTS_ABI_LAYOUT_H
#define RECUR_TESTS_ABI_LAYOUT_H

#define RECUR_LAYOUT_SIZES(S) \
  S(recur_map_kernel, 48)     \
  S(recur_segment, 24)        \
  S(recur_weight_spec, 96)    \
  S(recur_state_spec, 56)     \
  S(recur_value, 32)          \
  S(recur_hyper, 88)          \
  S(recur_config, 40)         \
  S(recur_segments, 16)       \
  S(recur_host, 160)          \
  S(recur_cell_descriptor, 112) \
  S(recur_lowering, 40)       \
  S(recur_lowering_extension, 16) \
  S(recur_segments_extension, 16) \
  S(recur_plugin, 40)

#define RECUR_LAYOUT_MEMBERS(X)            \
  X(recur_map_kernel, arity, 4)            \
  X(recur_map_kernel, name, 8)             \
  X(recur_map_kernel, forward_f32, 16)     \
  X(recur_map_kernel, gradient_f64, 40)    \
  X(recur_segment, begin, 0)               \
  X(recur_segment, value, 16)              \
  X(recur_weight_spec, role, 4)            \
  X(recur_weight_spec, name, 8)            \
  X(recur_weight_spec, gates, 16)          \
  X(recur_weight_spec, dims, 24)           \
  X(recur_weight_spec, rank, 56)           \
  X(recur_weight_spec, init, 60)           \
  X(recur_weight_spec, a, 64)              \
  X(recur_weight_spec, b, 72)              \
  X(recur_weight_spec, segments, 80)       \
  X(recur_weight_spec, segment_count, 88)  \
  X(recur_state_spec, start, 4)            \
  X(recur_state_spec, name, 8)             \
  X(recur_state_spec, dims, 16)            \
  X(recur_state_spec, rank, 40)            \
  X(recur_state_spec, value, 48)           \
  X(recur_value, type, 0)                  \
  X(recur_value, integer, 8)               \
  X(recur_value, real, 16)                 \
  X(recur_value, text, 24)                 \
  X(recur_hyper, type, 4)                  \
  X(recur_hyper, name, 8)                  \
  X(recur_hyper, help, 16)                 \
  X(recur_hyper, fallback, 24)             \
  X(recur_hyper, min, 56)                  \
  X(recur_hyper, max, 64)                  \
  X(recur_hyper, choices, 72)              \
  X(recur_hyper, choice_count, 80)         \
  X(recur_config, input, 8)                \
  X(recur_config, hidden, 16)              \
  X(recur_config, hypers, 24)              \
  X(recur_config, hyper_count, 32)         \
  X(recur_host, abi_major, 4)              \
  X(recur_host, abi_minor, 6)              \
  X(recur_host, set_error, 8)              \
  X(recur_host, declare_weight, 16)        \
  X(recur_host, declare_state, 24)         \
  X(recur_host, phase, 32)                 \
  X(recur_host, weight, 40)                \
  X(recur_host, shape, 48)                 \
  X(recur_host, emit, 56)                  \
  X(recur_host, map, 64)                   \
  X(recur_host, auxiliary_loss, 72)        \
  X(recur_host, begin_scan, 80)            \
  X(recur_host, end_scan, 88)              \
  X(recur_host, declare_inner, 96)         \
  X(recur_host, inner_state_count, 104)    \
  X(recur_host, inner_start, 112)          \
  X(recur_host, inner_step, 120)           \
  X(recur_host, inner_output, 128)         \
  X(recur_host, inner_state, 136)          \
  X(recur_host, updates, 144)              \
  X(recur_host, segments, 152)             \
  X(recur_segments, ends, 4)               \
  X(recur_segments, of, 8)                 \
  X(recur_segments, counts, 12)            \
  X(recur_cell_descriptor, kind, 4)        \
  X(recur_cell_descriptor, id, 8)          \
  X(recur_cell_descriptor, version, 16)    \
  X(recur_cell_descriptor, summary, 24)    \
  X(recur_cell_descriptor, citation, 32)   \
  X(recur_cell_descriptor, source, 40)     \
  X(recur_cell_descriptor, notes, 48)      \
  X(recur_cell_descriptor, hypers, 56)     \
  X(recur_cell_descriptor, hyper_count, 64) \
  X(recur_cell_descriptor, create, 72)     \
  X(recur_cell_descriptor, destroy, 80)    \
  X(recur_cell_descriptor, record_step, 88) \
  X(recur_cell_descriptor, record_sequence, 96) \
  X(recur_cell_descriptor, get_extension, 104) \
  X(recur_lowering, primitive, 8)          \
  X(recur_lowering, weights_layer, 16)     \
  X(recur_lowering, weights_iter, 24)      \
  X(recur_lowering, bias, 32)              \
  X(recur_lowering_extension, lowering, 8) \
  X(recur_segments_extension, levels, 8)   \
  X(recur_plugin, struct_size, 0)          \
  X(recur_plugin, abi_major, 4)            \
  X(recur_plugin, abi_minor, 6)            \
  X(recur_plugin, sdk_version, 8)          \
  X(recur_plugin, build_stamp, 16)         \
  X(recur_plugin, cells, 24)               \
  X(recur_plugin, cell_count, 32)

#endif
