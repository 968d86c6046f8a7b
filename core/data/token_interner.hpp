// Numbers for tokens in the order in which they first occur: a text is turned into numbers in one pass, before it is
// known which tokens the vocabulary will take.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace recur::data {

class TokenInterner {
 public:
  TokenInterner() { bytes_.fill(-1); }

  // The token's number. Requires that the bytes of the view outlive the interner.
  int32_t operator()(std::string_view token) {
    if (token.size() == 1) {  // most of a text of characters; spares the hash
      int32_t& number = bytes_[static_cast<unsigned char>(token[0])];
      if (number < 0) number = add(token);
      return number;
    }
    const auto [at, fresh] = numbers_.try_emplace(token, 0);
    if (fresh) at->second = add(token);
    return at->second;
  }

  // By number.
  const std::vector<std::string_view>& tokens() const { return tokens_; }

 private:
  int32_t add(std::string_view token) {
    tokens_.push_back(token);
    return static_cast<int32_t>(tokens_.size()) - 1;
  }

  std::array<int32_t, 256> bytes_;
  std::unordered_map<std::string_view, int32_t> numbers_;
  std::vector<std::string_view> tokens_;
};

}  // namespace recur::data
