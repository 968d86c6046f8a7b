// Images and classes of unsigned bytes in IDX files, the form of MNIST (LeCun, Cortes, Burges: the MNIST database, file formats).
#pragma once

#include <cstdint>
#include <string>

#include "labelled_files.hpp"

namespace recur::data {

struct ImageSteps {
  bool rows = false;     // a step is a row of the image; otherwise a pixel
  bool permute = false;  // pixels in the order of Stream(0, 0, "classification/pixels"), which no seed changes
};

// Images of rows x columns pixels as sequences of values 0 ... 255: [rows * columns, 1], or [rows, columns]. limit: images that are
// taken from the front; 0: all.
// Throws UserError: no IDX file of bytes, another number of dimensions, a size that is not what the header says, another number of
// classes than of images, fewer images than the limit.
LabelledSequences read_idx(const std::string& images, const std::string& labels, const ImageSteps& steps, int64_t limit);

}  // namespace recur::data
