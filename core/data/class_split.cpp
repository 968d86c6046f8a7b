#include "class_split.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"

namespace recur::data {
namespace {

using Rows = std::vector<uint32_t>;

Rows range(int64_t begin, int64_t end) {
  Rows rows(static_cast<size_t>(std::max<int64_t>(end - begin, 0)));
  std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(begin));
  return rows;
}

// The rows class by class, each class in random order.
std::map<std::string, Rows> shuffled_classes(const Rows& rows, const std::vector<std::string>& labels, std::string_view purpose) {
  std::map<std::string, Rows> classes;
  for (const uint32_t i : Stream(0, 0, purpose).permutation(static_cast<uint32_t>(rows.size()))) classes[labels[rows[i]]].push_back(rows[i]);
  return classes;
}

struct Divided {
  Rows kept, taken;
};

Divided take_fold(const Rows& rows, const std::vector<std::string>& labels, int64_t folds, int64_t fold) {
  Divided divided;
  int64_t at = 0;
  for (const auto& [label, members] : shuffled_classes(rows, labels, "classification/folds"))
    for (const uint32_t row : members) (at++ % folds == fold - 1 ? divided.taken : divided.kept).push_back(row);
  return divided;
}

// The fold-th of the data's own folds.
Divided take_own_fold(const Rows& rows, const std::vector<std::string>& folds, const ClassificationOptions& options, const std::string& file) {
  const std::set<std::string> names(folds.begin(), folds.end());
  if (std::ssize(names) != options.folds)
    throw UserError(Place{file}, fmt::format("task.data.fold_pattern finds {} folds ({}), but task.split.folds is {}; correct one of the two", names.size(),
                                             fmt::join(names, ", "), options.folds));
  const std::string& taken = *std::next(names.begin(), options.fold - 1);
  Divided divided;
  for (const uint32_t row : rows) (folds[row] == taken ? divided.taken : divided.kept).push_back(row);
  return divided;
}

// The rows whose rank within their class, as a share of it, comes first.
Divided take_share(const Rows& rows, const std::vector<std::string>& labels, double share) {
  std::vector<std::pair<double, uint32_t>> ranked;
  for (const auto& [label, members] : shuffled_classes(rows, labels, "classification/valid"))
    for (size_t i = 0; i < members.size(); ++i)
      ranked.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(members.size()), members[i]);
  std::sort(ranked.begin(), ranked.end());
  const auto count = static_cast<size_t>(std::llround(share * static_cast<double>(rows.size())));
  Divided divided;
  for (size_t i = 0; i < ranked.size(); ++i) (i < count ? divided.taken : divided.kept).push_back(ranked[i].second);
  return divided;
}

}  // namespace

PartRows split_rows(const std::vector<std::string>& labels, int64_t test_size, const ClassificationOptions& options, const std::string& file,
                    const std::vector<uint32_t>& chosen, const std::vector<std::string>& folds, const std::string& valid_key) {
  const auto rows = static_cast<int64_t>(labels.size());
  const auto fail = [&](const std::string& message) { throw UserError(Place{file}, message); };
  if (options.folds > 0 && options.train_rows + options.test_rows > 0)
    fail("task.split.folds takes the test part from all rows; leave out task.split.train_rows and test_rows, or folds");
  if (options.folds == 1 || options.folds > rows) fail(fmt::format("task.split.folds is {}; give 2 ... {}, the number of rows", options.folds, rows));
  if (options.folds > 0 && (options.fold < 1 || options.fold > options.folds))
    fail(fmt::format("task.split.fold is {}, but there are {} folds; give 1 ... {}", options.fold, options.folds, options.folds));
  if (options.folds == 0 && !folds.empty()) fail("task.data.fold_pattern needs task.split.folds, the number of folds; give it, or leave the pattern out");
  if (options.train_rows > rows) fail(fmt::format("task.split.train_rows is {}, but the file has {} rows; ask for fewer", options.train_rows, rows));

  const bool own_test = test_size >= 0;
  const int64_t train_end = options.train_rows > 0 ? options.train_rows : rows;
  const int64_t test_begin = own_test ? 0 : train_end, test_all = own_test ? test_size : rows - train_end;
  if (options.test_rows > test_all)
    fail(fmt::format("task.split.test_rows is {}, but {} rows are left for the test part; ask for fewer", options.test_rows, test_all));

  PartRows parts;
  parts[2] = range(test_begin, test_begin + (options.test_rows > 0 ? options.test_rows : test_all));
  Divided train{range(0, train_end), {}};
  if (options.folds > 0) {
    train = folds.empty() ? take_fold(train.kept, labels, options.folds, options.fold) : take_own_fold(train.kept, folds, options, file);
    parts[2] = std::move(train.taken);
    std::sort(train.kept.begin(), train.kept.end());
  }
  if (!options.test_where.empty()) {
    parts[2] = chosen;
    std::erase_if(train.kept, [&](uint32_t row) { return std::binary_search(chosen.begin(), chosen.end(), row); });
  }
  train = take_share(train.kept, labels, options.valid);
  if (options.valid > 0 && train.taken.empty())
    fail(fmt::format("{} {} of {} rows is none; raise it, or set it to 0", valid_key, options.valid, train.kept.size()));
  if (train.kept.empty()) fail("the training part is empty; lower " + valid_key);
  parts[0] = std::move(train.kept);
  parts[1] = std::move(train.taken);
  for (Rows& part : parts) std::sort(part.begin(), part.end());
  return parts;
}

}  // namespace recur::data
