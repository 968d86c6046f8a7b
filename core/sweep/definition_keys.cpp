#include "definition_keys.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace recur::sweep {
namespace {

using config::Key;
using config::Scalar;
using config::Type;

Key& find(std::vector<Key>& keys, const char* name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  RECUR_CHECK(found != keys.end(), "a definition has a key '{}'", name);
  return *found;
}

// A hyper-parameter as a key whose value lives in storage.
Key key_of(const Hyper& hyper, Scalar& storage) {
  Key key{.name = hyper.name, .field = hyper.field};
  struct Bind {
    Key& key;
    void operator()(bool& value) const { key.type = Type::boolean, key.target = &value; }
    void operator()(int64_t& value) const { key.type = Type::integer, key.target = &value; }
    void operator()(double& value) const { key.type = Type::number, key.target = &value; }
    void operator()(std::string& value) const { key.type = Type::text, key.target = &value; }
  };
  std::visit(Bind{key}, storage);
  return key;
}

// The group model.hyper as one cell has it.
Key hyper_of(const Cell& cell, const Key& described, model::ModelOptions& options) {
  auto storage = std::make_shared<std::map<std::string, Scalar>>();
  Key group{.name = described.name, .type = Type::group, .field = described.field};
  group.field.kinds = {cell.id};
  for (const Hyper& hyper : cell.hyper) {
    Scalar& value = (*storage)[hyper.name] = hyper.fallback;
    const auto given = options.hyper.find(hyper.name);
    if (options.cell == cell.id && given != options.hyper.end() && given->second.index() == value.index()) value = given->second;
    group.keys.push_back(key_of(hyper, value));
  }
  group.commit = [storage, &options] { options.hyper = *storage; };
  return group;
}

}  // namespace

std::vector<Key> definition_keys(Definition& definition, const Cells* cells) {
  std::vector<Key> keys = config::bind(definition);
  if (cells == nullptr || cells->empty()) return keys;
  std::vector<Key>& model = find(keys, "model").keys;
  Key& cell = find(model, "cell");
  cell.selects = true;
  for (const Cell& each : *cells) cell.field.choices.push_back(each.id);
  std::vector<Key> with_hyper;
  for (Key& key : model) {
    if (key.name != "hyper") with_hyper.push_back(std::move(key));
    else
      for (const Cell& each : *cells) with_hyper.push_back(hyper_of(each, key, definition.model));
  }
  model = std::move(with_hyper);
  return keys;
}

}  // namespace recur::sweep
