#include "hdf5.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace recur::store::h5 {
namespace {

struct Reason {
  std::string innermost;
  std::string of_system;
};

herr_t look(unsigned, const H5E_error2_t* error, void* data) {
  auto& reason = *static_cast<Reason*>(data);
  const std::string text = error->desc == nullptr ? "" : error->desc;
  if (reason.innermost.empty()) reason.innermost = text;
  constexpr std::string_view kMark = "error message = '";
  if (const size_t from = text.find(kMark); reason.of_system.empty() && from != std::string::npos) {
    const size_t begin = from + kMark.size();
    reason.of_system = text.substr(begin, text.find('\'', begin) - begin);
  }
  return 0;
}

Id text_type() {
  Id type(H5Tcopy(H5T_C_S1), H5Tclose, "string type");
  check(H5Tset_size(type.get(), H5T_VARIABLE), "string type");
  check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "string type");
  return type;
}

Id bool_type() {
  Id type(H5Tenum_create(H5T_STD_I8LE), H5Tclose, "bool type");
  const int8_t no = 0, yes = 1;
  check(H5Tenum_insert(type.get(), "FALSE", &no), "bool type");
  check(H5Tenum_insert(type.get(), "TRUE", &yes), "bool type");
  return type;
}

Id scalar_space() { return Id(H5Screate(H5S_SCALAR), H5Sclose, "scalar space"); }

Id list_space(size_t n) {
  const hsize_t dims = n;
  return Id(H5Screate_simple(1, &dims, nullptr), H5Sclose, "list space");
}

void put(hid_t at, const std::string& name, hid_t type, hid_t space, const void* value) {
  const std::string doing = "attribute " + name;
  const Id attribute(H5Acreate2(at, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, doing);
  check(H5Awrite(attribute.get(), type, value), doing);
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

// Reads n strings, of fixed or variable length, by a function that reads with a type into memory.
template <class Read>
std::vector<std::string> get_texts(hid_t stored, hid_t space, Read read) {
  const auto n = static_cast<size_t>(H5Sget_simple_extent_npoints(space));
  std::vector<std::string> out(n);
  if (n == 0) return out;
  if (H5Tis_variable_str(stored) > 0) {
    const Id type = text_type();
    std::vector<char*> raw(n, nullptr);
    read(type.get(), raw.data());
    for (size_t i = 0; i < n; ++i) out[i] = raw[i] == nullptr ? "" : raw[i];
    H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, raw.data());
    return out;
  }
  const size_t size = H5Tget_size(stored);
  std::string raw(n * size, '\0');
  read(stored, raw.data());
  for (size_t i = 0; i < n; ++i) out[i] = std::string(raw.data() + i * size, strnlen(raw.data() + i * size, size));
  return out;
}

std::optional<Value> get_attribute(hid_t attribute, const std::string& name) {
  const std::string doing = "attribute " + name;
  const Id type(H5Aget_type(attribute), H5Tclose, doing);
  const Id space(H5Aget_space(attribute), H5Sclose, doing);
  if (H5Sget_simple_extent_type(space.get()) != H5S_SCALAR) return std::nullopt;
  switch (H5Tget_class(type.get())) {
    case H5T_STRING:
      return get_texts(type.get(), space.get(), [&](hid_t as, void* to) {
               check(H5Aread(attribute, as, to), doing);
             }).front();
    case H5T_ENUM: {
      int8_t value = 0;
      check(H5Aread(attribute, bool_type().get(), &value), doing);
      return value != 0;
    }
    case H5T_INTEGER: {
      int64_t value = 0;
      check(H5Aread(attribute, H5T_NATIVE_INT64, &value), doing);
      return value;
    }
    case H5T_FLOAT: {
      double value = 0;
      check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value), doing);
      return value;
    }
    default: return std::nullopt;
  }
}

}  // namespace

void fail(const std::string& doing) {
  Reason reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look, &reason);
  H5Eclear2(H5E_DEFAULT);
  const std::string& why = reason.of_system.empty() ? reason.innermost : reason.of_system;
  throw StoreError(why.empty() ? doing : fmt::format("{}: {}", doing, why));
}

Id::Id(hid_t id, herr_t (*closer)(hid_t), const std::string& doing) : id_(id), close_(closer) {
  if (id < 0) fail(doing);
}

Id& Id::operator=(Id&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Id::~Id() {
  if (id_ >= 0 && close_(id_) < 0) H5Eclear2(H5E_DEFAULT);
}

void Id::close(const std::string& doing) {
  if (id_ < 0) return;
  check(close_(std::exchange(id_, -1)), doing);
}

Id create_file(const std::filesystem::path& path, bool live) {
  const std::string doing = path.string();
  const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, doing);
  if (live) check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_LATEST), doing);
  return Id(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access.get()), H5Fclose, doing);
}

Id open_file(const std::filesystem::path& path) {
  // A file left by a killed writer opens only for SWMR reading, a file of the oldest format only without.
  hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, H5P_DEFAULT);
  if (id < 0) id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  return Id(id, H5Fclose, path.string());
}

bool is_hdf5(const std::filesystem::path& path) {
  const htri_t yes = H5Fis_hdf5(path.c_str());
  if (yes < 0) H5Eclear2(H5E_DEFAULT);
  return yes > 0;
}

Id create_group(hid_t at, const std::string& name) {
  return Id(H5Gcreate2(at, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "group " + name);
}

Id open_group(hid_t at, const std::string& name) {
  return Id(H5Gopen2(at, name.c_str(), H5P_DEFAULT), H5Gclose, "group " + name);
}

bool exists(hid_t at, const std::string& name) {
  const htri_t yes = H5Lexists(at, name.c_str(), H5P_DEFAULT);
  check(yes, "link " + name);
  return yes > 0;
}

void write_attribute(hid_t at, const std::string& name, const Value& value) {
  const Id space = scalar_space();
  if (const auto* flag = std::get_if<bool>(&value)) {
    const int8_t byte = *flag ? 1 : 0;
    put(at, name, bool_type().get(), space.get(), &byte);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    put(at, name, H5T_STD_I64LE, space.get(), integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    put(at, name, H5T_IEEE_F64LE, space.get(), real);
  } else {
    const char* text = std::get<std::string>(value).c_str();
    put(at, name, text_type().get(), space.get(), &text);
  }
}

void write_attribute(hid_t at, const std::string& name, const std::vector<std::string>& texts) {
  const std::vector<const char*> raw = pointers(texts);
  put(at, name, text_type().get(), list_space(texts.size()).get(), raw.data());
}

void write_attributes(hid_t at, const Values& values) {
  for (const auto& [name, value] : values) write_attribute(at, name, value);
}

Values read_attributes(hid_t at) {
  H5O_info_t info;
  check(H5Oget_info2(at, &info, H5O_INFO_NUM_ATTRS), "attributes");
  Values values;
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    const Id attribute(H5Aopen_by_idx(at, ".", H5_INDEX_NAME, H5_ITER_NATIVE, i, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                       "attribute");
    std::string name(static_cast<size_t>(std::max<ssize_t>(H5Aget_name(attribute.get(), 0, nullptr), 0)), '\0');
    H5Aget_name(attribute.get(), name.size() + 1, name.data());
    if (auto value = get_attribute(attribute.get(), name)) values.emplace(std::move(name), std::move(*value));
  }
  return values;
}

std::vector<std::string> read_attribute_texts(hid_t at, const std::string& name) {
  const std::string doing = "attribute " + name;
  const Id attribute(H5Aopen(at, name.c_str(), H5P_DEFAULT), H5Aclose, doing);
  const Id type(H5Aget_type(attribute.get()), H5Tclose, doing);
  const Id space(H5Aget_space(attribute.get()), H5Sclose, doing);
  return get_texts(type.get(), space.get(),
                   [&](hid_t as, void* to) { check(H5Aread(attribute.get(), as, to), doing); });
}

void write_text(hid_t at, const std::string& name, const std::string& text) {
  const Id type = text_type(), space = scalar_space();
  const Id set(H5Dcreate2(at, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
               name);
  const char* raw = text.c_str();
  check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &raw), name);
}

std::string read_text(hid_t at, const std::string& name) {
  const std::vector<std::string> texts = read_texts(at, name);
  return texts.empty() ? "" : texts.front();
}

void write_texts(hid_t at, const std::string& name, const std::vector<std::string>& texts) {
  const Id type = text_type(), space = list_space(texts.size());
  const Id set(H5Dcreate2(at, name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
               name);
  if (texts.empty()) return;
  check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers(texts).data()), name);
}

std::vector<std::string> read_texts(hid_t at, const std::string& name) {
  const Id set(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose, name);
  const Id type(H5Dget_type(set.get()), H5Tclose, name);
  const Id space(H5Dget_space(set.get()), H5Sclose, name);
  return get_texts(type.get(), space.get(), [&](hid_t as, void* to) {
    check(H5Dread(set.get(), as, H5S_ALL, H5S_ALL, H5P_DEFAULT, to), name);
  });
}

}  // namespace recur::store::h5
