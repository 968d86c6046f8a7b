# Writes OUTPUT with the version, the commit and the build type; leaves it alone where nothing has changed.
execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=40 --dirty --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  set(commit "")
endif()
set(text "#pragma once

namespace recur::store {
inline constexpr const char* kRecurVersion = \"${VERSION}\";
inline constexpr const char* kGitCommit = \"${commit}\";
inline constexpr const char* kBuildType = \"${BUILD_TYPE}\";
}  // namespace recur::store
")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
