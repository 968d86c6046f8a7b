#include "idx.hpp"

#include <numeric>
#include <vector>

#include "file_contents.hpp"
#include "recur/error/error.hpp"
#include "recur/random/stream.hpp"

namespace recur::data {
namespace {

struct IdxFile {
  std::string bytes;
  std::vector<int64_t> dims;
  size_t data = 0;  // offset of the first value
};

uint8_t byte_at(const std::string& bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

IdxFile read(const std::string& path, size_t dimensions, const char* what) {
  IdxFile file{file_bytes(path), {}, 4 + 4 * dimensions};
  constexpr uint8_t kUnsignedByte = 0x08;
  const std::string& bytes = file.bytes;
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || byte_at(bytes, 2) != kUnsignedByte || byte_at(bytes, 3) != dimensions)
    throw UserError(Place{path}, fmt::format("is no IDX file of {}: it does not begin with the bytes 0 0 8 {}; give the file of {}", what, dimensions, what));
  if (bytes.size() < file.data) throw UserError(Place{path}, "is cut short within its header; fetch the file again");
  size_t wanted = file.data, values = 1;
  for (size_t d = 0; d < dimensions; ++d) {
    uint32_t dim = 0;
    for (size_t i = 0; i < 4; ++i) dim = dim << 8 | byte_at(bytes, 4 + 4 * d + i);
    file.dims.push_back(dim);
    values = values > bytes.size() && dim > 0 ? values : values * dim;  // a header that lies must not overflow
  }
  wanted += values;
  if (bytes.size() != wanted)
    throw UserError(Place{path}, fmt::format("holds {} bytes, but its header ({}) needs {}; fetch the file again", bytes.size(),
                                             fmt::join(file.dims, " x "), wanted));
  return file;
}

}  // namespace

LabelledSequences read_idx(const std::string& images, const std::string& labels, const ImageSteps& steps, int64_t limit) {
  const IdxFile pictures = read(images, 3, "images"), classes = read(labels, 1, "classes");
  const int64_t count = pictures.dims[0], pixels = pictures.dims[1] * pictures.dims[2];
  if (classes.dims[0] != count)
    throw UserError(Place{labels}, fmt::format("holds {} classes for the {} images of {}; give the file that belongs to it", classes.dims[0], count, images));
  if (count == 0 || pixels == 0) throw UserError(Place{images}, "holds no images; give a file that holds data");
  if (limit > count) throw UserError(Place{images}, fmt::format("holds {} images, but task.split asks for {}; ask for fewer", count, limit));
  const int64_t taken = limit > 0 ? limit : count;

  std::vector<uint32_t> order(static_cast<size_t>(pixels));
  std::iota(order.begin(), order.end(), 0u);
  if (steps.permute) order = Stream(0, 0, "classification/pixels").permutation(static_cast<uint32_t>(pixels));
  LabelledSequences out;
  out.file = images;
  out.sequences.features = steps.rows ? pictures.dims[2] : 1;
  out.sequences.values.reserve(static_cast<size_t>(taken * pixels));
  for (int64_t i = 0; i < taken; ++i) {
    const size_t image = pictures.data + static_cast<size_t>(i * pixels);
    for (const uint32_t pixel : order) out.sequences.values.push_back(byte_at(pictures.bytes, image + pixel));
    out.sequences.begin.push_back((i + 1) * pixels / out.sequences.features);
    out.labels.push_back(fmt::format("{}", byte_at(classes.bytes, classes.data + static_cast<size_t>(i))));
  }
  return out;
}

}  // namespace recur::data
