// recur's SDK: everything that a plugin includes. Header-only; needs recur/abi.h and the standard library.
//
//   #include <recur/sdk.hpp>
//
//   struct Elman : recur::Cell {  // x [N, I], h [N, H]
//     Weight W = input_weight("W", hidden), U = recurrent_weight("U", hidden), b = bias("b", hidden);
//     Step step(Var x, State s) override {
//       Var h = tanh(matmul(x, W) + b + matmul(s["h"], U));
//       return {.output = h, .state = {{"h", h}}};
//     }
//   };
//   RECUR_CELL(Elman, "elman", "1.0.0", "Simple recurrent network", "Elman 1990")
//
// A Var is a value of the program that is being recorded: nothing is computed while step runs, and step runs once,
// not once a time step. So an `if` in step may ask for hyper-parameters, sizes and the phase, never for values;
// choose between values with select().
//
// Errors: throw recur::Error (or anything else derived from std::exception): the host shows its message with the cell's name.
// Threading: one instance is used by one thread at a time, several instances at once; keep no mutable globals.
#pragma once

#include <recur/sdk/cell.hpp>
#include <recur/sdk/layer.hpp>
#include <recur/sdk/map.hpp>
#include <recur/sdk/operators.hpp>
#include <recur/sdk/plugin.hpp>
