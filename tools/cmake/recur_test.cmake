# recur_add_tests(NAME SOURCES... [LIBS libs...])
# One GoogleTest program NAME; ctest sees each of its tests.

include(GoogleTest)

function(recur_add_tests name)
  cmake_parse_arguments(T "" "" "LIBS" ${ARGN})
  add_executable(${name} ${T_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${T_LIBS} GTest::gtest_main GTest::gmock recur_warnings)
  target_compile_definitions(${name} PRIVATE
    RECUR_SOURCE_DIR="${PROJECT_SOURCE_DIR}" RECUR_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  # OpenMP's runtime never frees the team of a thread that has ended.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/leaks.txt:print_suppressions=0")
endfunction()
