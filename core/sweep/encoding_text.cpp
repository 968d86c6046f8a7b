#include "recur/sweep/encoding_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

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

std::vector<std::string> texts(const json::value& array) {
  std::vector<std::string> out;
  for (const json::value& item : array.as_array()) out.emplace_back(item.as_string());
  return out;
}

std::vector<double> numbers(const json::value& array) {
  std::vector<double> out;
  for (const json::value& item : array.as_array()) out.push_back(item.to_number<double>());
  return out;
}

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
    const json::value value = json::parse(text);
    encoding.kind = value.at("kind").as_string();
    if (encoding.kind == "language_model") {
      encoding.unit = value.at("unit").as_string();
      encoding.vocabulary = texts(value.at("vocabulary"));
    } else {
      encoding.columns = texts(value.at("columns"));
      encoding.mean = numbers(value.at("mean"));
      encoding.deviation = numbers(value.at("deviation"));
      encoding.window = value.at("window").as_int64();
      encoding.horizon = value.at("horizon").as_int64();
    }
  } catch (const std::exception& error) {  // what Boost.JSON throws for a text that is not JSON, or another document
    throw UserError(fmt::format("the encoding of the data cannot be read ({}); the trial was written by another version of recur", error.what()));
  }
  return encoding;
}

}  // namespace recur::sweep
