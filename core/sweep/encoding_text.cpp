#include "recur/sweep/encoding_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <string>
#include <vector>

#include "recur/config/document.hpp"
#include "recur/error/error.hpp"

namespace recur::sweep {
namespace json = boost::json;
namespace {

// Every field that a kind may have; those that are empty are left out of the text.
template <class Encoding, class Visit>
void for_each_field(Encoding& encoding, const Visit& visit) {
  visit("kind", encoding.kind);
  visit("columns", encoding.columns);
  visit("mean", encoding.mean);
  visit("deviation", encoding.deviation);
  visit("window", encoding.window);
  visit("horizon", encoding.horizon);
  visit("unit", encoding.unit);
  visit("vocabulary", encoding.vocabulary);
  visit("labels", encoding.labels);
  visit("levels", encoding.levels);
}

class Writer {
 public:
  void operator()(const char* name, const std::string& text) const {
    if (!text.empty()) object[name] = text;
  }
  void operator()(const char* name, int64_t number) const {
    if (number != 0) object[name] = number;
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& items) const {
    if (items.empty()) return;
    json::array& array = object[name].emplace_array();
    for (const T& item : items) array.emplace_back(item);
  }

  mutable json::object object;
};

// JSON is YAML too, and read as such: Boost.JSON's parser may be a bit off in a number's last place.
class Reader {
 public:
  explicit Reader(const std::string& text) : tree_(config::parse_yaml(text, "encoding", mistakes_)) { mistakes_.raise(); }

  void operator()(const char* name, std::string& text) const {
    if (const config::Value* value = find(name)) text = value->text;
  }
  void operator()(const char* name, int64_t& number) const {
    if (const config::Value* value = find(name)) number = known(config::as_integer(*value), name);
  }
  void operator()(const char* name, std::vector<std::string>& texts) const {
    if (const config::Value* value = find(name))
      for (const config::Value& item : value->items) texts.push_back(item.text);
  }
  void operator()(const char* name, std::vector<double>& numbers) const {
    if (const config::Value* value = find(name))
      for (const config::Value& item : value->items) numbers.push_back(known(config::as_number(item), name));
  }

 private:
  const config::Value* find(const char* name) const {
    const config::Value::Entry* entry = tree_.entry(name);
    return entry == nullptr ? nullptr : &entry->value;
  }
  template <class T>
  static T known(const std::optional<T>& number, const char* name) {
    if (!number) throw UserError(fmt::format("{} is no number", name));
    return *number;
  }

  config::Mistakes mistakes_;
  config::Value tree_;
};

}  // namespace

std::string encoding_text(const data::Encoding& encoding) {
  const Writer writer;
  for_each_field(encoding, writer);
  return json::serialize(writer.object);
}

data::Encoding read_encoding(const std::string& text) {
  data::Encoding encoding;
  try {
    for_each_field(encoding, Reader(text));
    if (encoding.kind.empty()) throw UserError("it has no kind");
  } catch (const UserError& error) {
    throw UserError(fmt::format("the encoding of the data cannot be read ({}); the trial was written by another version of recur", error.what()));
  }
  return encoding;
}

}  // namespace recur::sweep
