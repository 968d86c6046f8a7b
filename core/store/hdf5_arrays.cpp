// Numbers in HDF5: tables of metrics and arrays of weights.
#include <algorithm>
#include <numeric>

#include "hdf5.hpp"

namespace recur::store::h5 {
namespace {

Id create(hid_t at, const std::string& name, hid_t type, const std::vector<hsize_t>& shape) {
  const Id space(shape.empty() ? H5Screate(H5S_SCALAR)
                               : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                 H5Sclose, name);
  const Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, name);
  check(H5Pset_create_intermediate_group(links.get(), 1), name);
  return Id(H5Dcreate2(at, name.c_str(), type, space.get(), links.get(), H5P_DEFAULT, H5P_DEFAULT), H5Dclose, name);
}

template <class T>
Id write(hid_t at, const std::string& name, hid_t stored, hid_t native, std::span<const T> values,
         const std::vector<hsize_t>& shape) {
  Id set = create(at, name, stored, shape);
  if (!values.empty()) check(H5Dwrite(set.get(), native, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  return set;
}

herr_t collect(hid_t, const char* name, const H5O_info_t* info, void* data) {
  if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(data)->emplace_back(name);
  return 0;
}

size_t product(const std::vector<int64_t>& shape) {
  return static_cast<size_t>(std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()));
}

}  // namespace

void write_doubles(hid_t at, const std::string& name, std::span<const double> values,
                   const std::vector<hsize_t>& shape) {
  write(at, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values, shape);
}

void write_integers(hid_t at, const std::string& name, std::span<const int64_t> values) {
  write(at, name, H5T_STD_I64LE, H5T_NATIVE_INT64, values, {values.size()});
}

std::vector<int64_t> shape_of(hid_t dataset) {
  const Id space(H5Dget_space(dataset), H5Sclose, "shape");
  std::vector<hsize_t> dims(static_cast<size_t>(std::max(0, H5Sget_simple_extent_ndims(space.get()))));
  check(H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr), "shape");
  return {dims.begin(), dims.end()};
}

std::vector<double> read_doubles(hid_t at, const std::string& name) {
  const Id set(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose, name);
  std::vector<double> values(product(shape_of(set.get())));
  if (!values.empty())
    check(H5Dread(set.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), name);
  return values;
}

void write_series(hid_t at, const std::string& name, const Series& series) {
  const Id set = write<double>(at, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, series.values,
                               {static_cast<hsize_t>(series.rows()), series.columns.size()});
  write_attribute(set.get(), "columns", series.columns);
}

Series read_series(hid_t at, const std::string& name) {
  const Id set(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose, name);
  Series series;
  series.columns = read_attribute_texts(set.get(), "columns");
  const std::vector<int64_t> shape = shape_of(set.get());
  if (shape.size() != 2 || static_cast<size_t>(shape[1]) != series.columns.size())
    throw StoreError(name + ": does not have one column a name");
  series.values.resize(product(shape));
  if (!series.values.empty())
    check(H5Dread(set.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, series.values.data()), name);
  return series;
}

std::vector<std::string> dataset_names(hid_t at) {
  std::vector<std::string> names;
  check(H5Ovisit2(at, H5_INDEX_NAME, H5_ITER_NATIVE, collect, &names, H5O_INFO_BASIC), "datasets");
  return names;
}

void write_arrays(hid_t at, std::span<const Array> arrays) {
  int64_t order = 0;
  for (const Array& array : arrays) {
    if (product(array.shape) != array.values.size())
      throw StoreError(array.name + ": the shape does not fit the number of values");
    const Id set = write<float>(at, array.name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, array.values,
                                {array.shape.begin(), array.shape.end()});
    write_attributes(set.get(), array.attributes);
    write_attribute(set.get(), kOrder, order++);
  }
}

std::vector<Array> read_arrays(hid_t at) {
  std::vector<std::pair<int64_t, Array>> ordered;
  for (const std::string& name : dataset_names(at)) {
    const Id set(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose, name);
    Array array{name, shape_of(set.get()), {}, read_attributes(set.get())};
    array.values.resize(product(array.shape));
    if (!array.values.empty())
      check(H5Dread(set.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()), name);
    int64_t order = 0;
    if (auto node = array.attributes.extract(kOrder); !node.empty())
      if (const auto* at_place = std::get_if<int64_t>(&node.mapped())) order = *at_place;
    ordered.emplace_back(order, std::move(array));
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Array> arrays;
  for (auto& [order, array] : ordered) arrays.push_back(std::move(array));
  return arrays;
}

}  // namespace recur::store::h5
