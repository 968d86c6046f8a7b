#include "piano_roll.hpp"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include "file_contents.hpp"
#include "recur/error/error.hpp"
#include "utf8.hpp"

namespace recur::data {
namespace {

namespace json = boost::json;

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  PianoRolls read() const {
    const std::string text = file_contents(path_);
    const json::value root = parsed(text);
    const json::object* const object = root.if_object();
    if (object == nullptr) throw UserError(Place{path_, 1, 1}, "expected an object with train, valid and test; give a file of piano rolls");
    PianoRolls rolls;
    for (const Part part : kParts) {
      const std::string name(to_string(part));
      const json::value* const pieces = object->if_contains(name);
      if (pieces == nullptr) continue;
      for (const json::value& piece : list(*pieces, name)) rolls[static_cast<size_t>(part)].push_back(read_piece(piece, fmt::format("{}[{}]", name, rolls[static_cast<size_t>(part)].size())));
    }
    if (rolls[0].empty()) throw UserError(Place{path_}, "has no piece in train; give a file of piano rolls");
    return rolls;
  }

 private:
  // Places in the file are not kept by the parser: the path within the document is told, counted from 0 as programs do.
  [[noreturn]] void fail(const std::string& where, const std::string& what) const { throw UserError(Place{path_}, where + ": " + what); }

  json::value parsed(const std::string& text) const {
    json::stream_parser parser;
    json::error_code error;
    const size_t read = parser.write_some(text.data(), text.size(), error);
    if (!error && text.find_first_not_of(" \t\r\n", read) != std::string::npos) error = json::error::extra_data;
    if (!error) parser.finish(error);
    if (error) throw UserError(place_in(path_, text, std::min(read, text.size() - 1)), fmt::format("is no JSON here ({}); correct it or fetch the file again", error.message()));
    return parser.release();
  }

  const json::array& list(const json::value& value, const std::string& where) const {
    const json::array* const items = value.if_array();
    if (items == nullptr) fail(where, "expected a list");
    return *items;
  }

  Piece read_piece(const json::value& value, const std::string& where) const {
    Piece piece;
    for (const json::value& step : list(value, where)) {
      const std::string here = fmt::format("{}[{}]", where, piece.size());
      Chord chord;
      for (const json::value& pitch : list(step, here)) chord.push_back(key(pitch, here));
      std::sort(chord.begin(), chord.end());
      chord.erase(std::unique(chord.begin(), chord.end()), chord.end());  // voices in unison are one key
      piece.push_back(std::move(chord));
    }
    if (piece.empty()) fail(where, "a piece of length zero; remove it");
    return piece;
  }

  uint8_t key(const json::value& value, const std::string& where) const {
    const double pitch = value.is_number() ? value.to_number<double>() : std::nan("");
    if (pitch != std::floor(pitch)) fail(where, "expected MIDI pitches as whole numbers");
    if (!(pitch >= kLowestPitch && pitch <= kHighestPitch))
      fail(where, fmt::format("pitch {} is no key of the piano ({} ... {}); correct it", pitch, kLowestPitch, kHighestPitch));
    return static_cast<uint8_t>(pitch - kLowestPitch);
  }

  const std::string& path_;
};

}  // namespace

PianoRolls read_piano_rolls(const std::string& path) { return Reader(path).read(); }

}  // namespace recur::data
