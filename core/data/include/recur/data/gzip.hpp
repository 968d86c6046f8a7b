// Files compressed by gzip (RFC 1952), told by their first bytes and not by their name.
#pragma once

#include <string>
#include <string_view>

namespace recur::data {

bool is_gzip(std::string_view bytes);

// All members one after the other, as gzip itself reads them; zeros that pad the end are left out. path stands in messages.
// Throws UserError where the file is cut short or damaged.
std::string gunzip(std::string_view bytes, const std::string& path);

}  // namespace recur::data
