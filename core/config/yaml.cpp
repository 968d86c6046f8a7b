// YAML's events into a tree of values. The events are used in place of yaml-cpp's own nodes because those keep
// neither duplicate keys apart nor the place of a key.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

#include "recur/config/document.hpp"

namespace recur::config {
namespace {

// Aliases can make a short text into an endless tree.
constexpr size_t kMaxValues = 100000;

size_t count(const Value& value) {
  size_t n = 1;
  for (const Value& item : value.items) n += count(item);
  for (const Value::Entry& entry : value.entries) n += count(entry.value);
  return n;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, int layer, Mistakes& mistakes)
      : file_(std::move(file)), layer_(layer), mistakes_(mistakes) {}

  Value take() { return std::move(root_); }
  Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(make(Value::Kind::null, mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    Value value = make(Value::Kind::scalar, mark);
    value.text = text;
    value.quoted = tag == "!" || tag.ends_with(":str");  // yaml-cpp's tag of a quoted scalar; !!str
    finish(std::move(value), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw UserError(place(mark), "an alias inside the value that it names; write the value out");
    values_ += count(found->second);
    if (values_ > kMaxValues)
      throw UserError(place(mark), fmt::format("aliases make this more than {} values; write them out", kMaxValues));
    Value value = found->second;
    value.place = place(mark);
    finish(std::move(value), 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open_.push_back({.value = make(Value::Kind::sequence, mark), .anchor = anchor});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open_.push_back({.value = make(Value::Kind::map, mark), .anchor = anchor});
  }
  void OnMapEnd() override { close(); }

 private:
  // A sequence or map that has not ended yet; in a map, the key whose value comes next.
  struct Open {
    Value value{};
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    std::string key{};
    Place key_place{};
  };

  Value make(Value::Kind kind, const YAML::Mark& mark) const {
    Value value;
    value.kind = kind;
    value.place = place(mark);
    value.layer = layer_;
    return value;
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    finish(std::move(done.value), done.anchor);
  }

  std::string path() const {
    std::string path;
    for (const Open& each : open_)
      if (each.value.kind == Value::Kind::map) path += (path.empty() ? "" : ".") + each.key;
    return path;
  }

  void finish(Value value, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = value;
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.kind == Value::Kind::sequence) {
      parent.value.items.push_back(std::move(value));
    } else if (!parent.has_key) {
      parent.key = value.kind == Value::Kind::scalar ? value.text : to_string(value);
      parent.key_place = value.place;
      parent.has_key = true;
      if (value.kind != Value::Kind::scalar)
        mistakes_.add(value.place, "", fmt::format("a key has to be a text, not {}", shown(value)));
    } else {
      parent.has_key = false;
      // YAML's own place of nothing is that of whatever comes next.
      if (value.kind == Value::Kind::null) value.place = parent.key_place;
      if (const Value::Entry* first = parent.value.entry(parent.key))
        mistakes_.add(parent.key_place, path(), fmt::format("duplicate key, first on line {}; remove one of them", first->place.line));
      else
        parent.value.entries.push_back({parent.key, parent.key_place, std::move(value)});
    }
  }

  std::string file_;
  int layer_;
  Mistakes& mistakes_;
  Value root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Value> anchors_;
  size_t values_ = 0;
};

}  // namespace

Value parse_yaml(const std::string& text, const std::string& file, Mistakes& mistakes, int layer) {
  TreeBuilder builder(file, layer, mistakes);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    const bool any = parser.HandleNextDocument(builder);
    Value tree = builder.take();
    if (!any) tree.place = {file};
    if (!any) return tree;
    TreeBuilder second(file, layer, mistakes);
    if (parser.HandleNextDocument(second))
      mistakes.add(second.take().place, "", "a second document in the file; a definition is one document");
    return tree;
  } catch (const YAML::Exception& error) {
    throw UserError(builder.place(error.mark),
                    fmt::format("not valid YAML ({}); check indentation, colons and brackets up to here", error.msg));
  }
}

}  // namespace recur::config
