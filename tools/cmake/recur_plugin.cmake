# recur_add_plugin(NAME SOURCES... [OUTPUT_DIRECTORY dir])
# Builds SOURCES into a plugin NAME.so that exports one symbol, recur_plugin_entry_v1. In-tree plugins and
# plugins outside the tree (through find_package(recur)) use the same function. The file goes to OUTPUT_DIRECTORY; in
# the tree the default is where recur finds it by itself, elsewhere the project's own build directory.

set(RECUR_PLUGIN_VERSION_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/recur_plugin.map")

function(recur_add_plugin name)
  cmake_parse_arguments(P "" "OUTPUT_DIRECTORY" "" ${ARGN})
  if(NOT P_OUTPUT_DIRECTORY)
    set(P_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    if(RECUR_PLUGIN_OUTPUT_DIRECTORY)
      set(P_OUTPUT_DIRECTORY "${RECUR_PLUGIN_OUTPUT_DIRECTORY}")
      set(install_it TRUE)
    endif()
  endif()
  add_library(${name} MODULE ${P_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY "${P_OUTPUT_DIRECTORY}")
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE recur::sdk $<$<TARGET_EXISTS:recur_warnings>:recur_warnings>)
  target_link_options(${name} PRIVATE
    "-Wl,--version-script=${RECUR_PLUGIN_VERSION_SCRIPT}" -Wl,--no-undefined)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${RECUR_PLUGIN_VERSION_SCRIPT}")
  if(install_it)
    install(TARGETS ${name} LIBRARY DESTINATION lib/recur/plugins)
  endif()
endfunction()

if(PROJECT_NAME STREQUAL "recur")
  set(RECUR_PLUGIN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/plugins")
endif()
