#include "golden.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "recur/error/error.hpp"

namespace recur {

const exec::Tensor& Golden::at(const std::string& name) const {
  const auto found = tensors.find(name);
  RECUR_CHECK(found != tensors.end(), "golden file {} has no {}", file, name);
  return found->second;
}

Golden load_golden(const std::string& file) {
  const std::filesystem::path path = std::filesystem::path(RECUR_SOURCE_DIR) / "tests" / "golden" / (file + ".json");
  std::ifstream stream(path);
  RECUR_CHECK(stream.good(), "cannot read {}", path.string());
  std::stringstream text;
  text << stream.rdbuf();

  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(text.str(), error);
  RECUR_CHECK(!error && parsed.is_object(), "{}: {}", path.string(), error.message());
  const boost::json::object& root = parsed.get_object();
  const auto size = [&](const char* name) { return root.at(name).to_number<int64_t>(); };
  Golden golden{file, boost::json::value_to<std::string>(root.at("cell")), size("T"), size("N"), size("I"), size("H"), {}};
  for (const auto& [name, tensor] : root.at("tensors").as_object()) {
    golden.tensors[std::string(name)] = {boost::json::value_to<std::vector<int64_t>>(tensor.at("shape")),
                                         boost::json::value_to<std::vector<double>>(tensor.at("data"))};
  }
  return golden;
}

std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  for (const char* cell : {"rnn_tanh", "rnn_relu", "lstm", "gru", "lbr_gru"}) {
    files.push_back(cell);
    files.push_back(std::string(cell) + "_lengths");
  }
  return files;
}

}  // namespace recur
