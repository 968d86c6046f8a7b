// What a definition says of learning an algorithm from generated sequences; see algorithm.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace recur::data {

struct AlgorithmOptions {
  std::string problem = "copy";  // copy, repeat_copy, associative_recall, ngrams, priority_sort, adding, copy_memory, reber, addition
  int64_t bits = 8;              // of a vector: copy, repeat_copy, associative_recall, priority_sort
  int64_t min_length = 1;        // vectors, items, steps or digits that a sequence has, evenly from min to max
  int64_t max_length = 20;       // reber: steps, longer strings are drawn again
  int64_t max_repeats = 10;      // repeat_copy: 1 ... max_repeats
  int64_t highest = 16;          // priority_sort: vectors to be given, all where there are fewer
  std::vector<std::string> test_lengths;  // whole numbers: further lengths of the test part, each with a metric of its own
  int64_t train = 3200;          // sequences an epoch, new ones in each
  int64_t valid = 320;
  int64_t test = 320;            // of the lengths of training, and as many of each further length
};

template <class V>
void describe(V& visit, AlgorithmOptions& o) {
  visit.group("data", {.help = "sequences that are generated", .required = true}, [&] {
    visit.kind("problem", o.problem,
               {.help = "what is to be computed",
                .choices = {"copy", "repeat_copy", "associative_recall", "ngrams", "priority_sort", "adding", "copy_memory", "reber", "addition"},
                .required = true});
    visit("bits", o.bits, {.help = "bits of a vector", .min = 1, .max = 1024, .kinds = {"copy", "repeat_copy", "associative_recall", "priority_sort"}});
    visit("min_length", o.min_length,
          {.help = "least vectors, items, steps or digits of a sequence", .min = 1, .max = 1 << 20,
           .kinds = {"copy", "repeat_copy", "associative_recall", "ngrams", "priority_sort", "adding", "copy_memory", "addition"}});
    visit("max_length", o.max_length, {.help = "most vectors, items, steps or digits of a sequence", .min = 1, .max = 1 << 20});
    visit("max_repeats", o.max_repeats, {.help = "most repeats that are asked for", .min = 1, .max = 1 << 20, .kinds = {"repeat_copy"}});
    visit("highest", o.highest, {.help = "vectors of highest priority that are asked for", .min = 1, .max = 1 << 20, .kinds = {"priority_sort"}});
    visit("test_lengths", o.test_lengths,
          {.help = "further lengths that are only tested, each with a metric of its own",
           .kinds = {"copy", "repeat_copy", "associative_recall", "ngrams", "priority_sort", "adding", "copy_memory", "addition"}});
  });
  visit.group("sequences", {.help = "how many are generated"}, [&] {
    visit("train", o.train, {.help = "an epoch, new ones in each", .min = 1});
    visit("valid", o.valid, {.help = "always the same; 0: no such part", .min = 0});
    visit("test", o.test, {.help = "always the same, and as many of each further length; 0: no such part", .min = 0});
  });
}

}  // namespace recur::data
