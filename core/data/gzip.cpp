#include "recur/data/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's windowBits: a gzip header and trailer, the largest window

class Inflater {
 public:
  Inflater() { RECUR_CHECK(inflateInit2(&stream_, kGzipOnly) == Z_OK, "zlib {}", zlibVersion()); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream& operator*() { return stream_; }

 private:
  z_stream stream_{};
};

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

std::string gunzip(std::string_view bytes, const std::string& path) {
  Inflater inflater;
  z_stream& stream = *inflater;
  std::string out(std::max<size_t>(4 * bytes.size(), 1024), '\0');
  size_t in = 0, length = 0;
  while (true) {
    if (length == out.size()) out.resize(2 * out.size());
    // zlib counts in unsigned int: larger files go through it in pieces.
    constexpr size_t kPiece = std::numeric_limits<uInt>::max();
    const size_t room = std::min(out.size() - length, kPiece), left = std::min(bytes.size() - in, kPiece);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + in));
    stream.avail_in = static_cast<uInt>(left);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + length);
    stream.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream, Z_NO_FLUSH);
    in += left - stream.avail_in;
    length += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      if (bytes.find_first_not_of('\0', in) == std::string_view::npos) break;
      inflateReset(&stream);
      continue;
    }
    if (status == Z_BUF_ERROR || (status == Z_OK && in == bytes.size() && stream.avail_out > 0))
      throw UserError(Place{path}, fmt::format("is cut short: the gzip data end after {} bytes; fetch the file again", bytes.size()));
    if (status != Z_OK)
      throw UserError(Place{path}, fmt::format("is damaged near byte {} ({}); fetch the file again", in, stream.msg ? stream.msg : "no gzip data"));
  }
  out.resize(length);
  return out;
}

}  // namespace recur::data
