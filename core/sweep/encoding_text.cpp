#include "recur/sweep/encoding_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <optional>

#include "recur/config/document.hpp"
#include "recur/error/error.hpp"

namespace recur::sweep {
namespace json = boost::json;
namespace {

template <class T>
json::array array_of(const std::vector<T>& items) {
  json::array out;
  for (const T& item : items) out.emplace_back(item);
  return out;
}

// JSON is YAML too, and read as such: Boost.JSON's parser may be a bit off in a number's last place.
class Reader {
 public:
  explicit Reader(const std::string& text) : tree_(config::parse_yaml(text, "encoding", mistakes_)) { mistakes_.raise(); }

  std::string text(const char* name) const { return at(name).text; }
  int64_t integer(const char* name) const { return value(config::as_integer(at(name)), name); }
  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> out;
    for (const config::Value& item : at(name).items) out.push_back(item.text);
    return out;
  }
  std::vector<double> numbers(const char* name) const {
    std::vector<double> out;
    for (const config::Value& item : at(name).items) out.push_back(value(config::as_number(item), name));
    return out;
  }

 private:
  const config::Value& at(const char* name) const {
    const config::Value::Entry* entry = tree_.entry(name);
    if (entry == nullptr) throw UserError(fmt::format("it has no {}", name));
    return entry->value;
  }
  template <class T>
  static T value(const std::optional<T>& number, const char* name) {
    if (!number) throw UserError(fmt::format("{} is no number", name));
    return *number;
  }

  config::Mistakes mistakes_;
  config::Value tree_;
};

}  // namespace

std::string encoding_text(const data::Encoding& encoding) {
  if (encoding.kind == "language_model")
    return json::serialize(json::object{
        {"kind", encoding.kind}, {"unit", encoding.unit}, {"vocabulary", array_of(encoding.vocabulary)}});
  return json::serialize(json::object{{"kind", encoding.kind},
                                      {"columns", array_of(encoding.columns)},
                                      {"mean", array_of(encoding.mean)},
                                      {"deviation", array_of(encoding.deviation)},
                                      {"window", encoding.window},
                                      {"horizon", encoding.horizon}});
}

data::Encoding read_encoding(const std::string& text) {
  data::Encoding encoding;
  try {
    const Reader reader(text);
    encoding.kind = reader.text("kind");
    if (encoding.kind == "language_model") {
      encoding.unit = reader.text("unit");
      encoding.vocabulary = reader.texts("vocabulary");
    } else {
      encoding.columns = reader.texts("columns");
      encoding.mean = reader.numbers("mean");
      encoding.deviation = reader.numbers("deviation");
      encoding.window = reader.integer("window");
      encoding.horizon = reader.integer("horizon");
    }
  } catch (const UserError& error) {
    throw UserError(fmt::format("the encoding of the data cannot be read ({}); the trial was written by another version of recur", error.what()));
  }
  return encoding;
}

}  // namespace recur::sweep
