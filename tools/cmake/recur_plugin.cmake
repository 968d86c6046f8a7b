# recur_add_plugin(NAME SOURCES...)
# Builds SOURCES into a plugin NAME.so that exports one symbol, recur_plugin_entry_v1. In-tree plugins and
# plugins outside the tree (through find_package(recur)) use the same function.

function(recur_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY "${RECUR_PLUGIN_OUTPUT_DIRECTORY}")
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE recur::sdk)
  target_link_options(${name} PRIVATE
    "-Wl,--version-script=${RECUR_PLUGIN_VERSION_SCRIPT}" -Wl,--no-undefined)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${RECUR_PLUGIN_VERSION_SCRIPT}")
endfunction()

if(PROJECT_NAME STREQUAL "recur")
  set(RECUR_PLUGIN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/plugins")
endif()
set(RECUR_PLUGIN_VERSION_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/recur_plugin.map")
