# Options, warnings, sanitizers, and recur_room(), which declares one room of core/.

option(RECUR_BUILD_TESTS "Build the tests and benchmarks" ON)
option(RECUR_WERROR "Turn warnings into errors" OFF)
option(RECUR_COVERAGE "Instrument for gcov" OFF)
set(RECUR_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")

# No -march: SIMD is chosen at run time (Highway, oneDNN), so a build runs on any x86-64 machine.
# -ffp-contract=off keeps a sum of products the same on every target that the kernels are compiled for;
# they use fused multiply-add where they ask for it by name.
add_compile_options(-ffp-contract=off)

add_library(recur_warnings INTERFACE)
target_compile_options(recur_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Wunused
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>  # g++ 12 warns of std::string's own operator+ (GCC bug 105651)
  $<$<BOOL:${RECUR_WERROR}>:-Werror>)

if(RECUR_SANITIZE)
  add_compile_options(-fsanitize=${RECUR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${RECUR_SANITIZE})
endif()
if(RECUR_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

find_program(RECUR_CCACHE ccache)
if(RECUR_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${RECUR_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${RECUR_CCACHE}")
endif()

# recur_room(NAME [SOURCES ...] [PUBLIC libs...] [PRIVATE libs...])
# Declares the library recur::NAME from core/NAME. Its public headers are in include/recur/NAME.
function(recur_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ROOM_SOURCES)
    add_library(recur_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(recur_${name} PUBLIC include PRIVATE .)
    target_link_libraries(recur_${name} PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE} recur_warnings)
  else()
    add_library(recur_${name} INTERFACE)
    target_include_directories(recur_${name} INTERFACE include)
    target_link_libraries(recur_${name} INTERFACE ${ROOM_PUBLIC})
  endif()
  add_library(recur::${name} ALIAS recur_${name})
endfunction()
