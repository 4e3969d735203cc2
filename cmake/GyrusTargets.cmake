include(GoogleTest)

# gyrus_library, gyrus_program, gyrus_test: one target a folder, headers that
# compile alone, the same settings everywhere.

function(gyrus_compile_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  # Contraction would let the compiler decide bits.
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wno-sign-compare -Wno-missing-field-initializers -Werror -pthread -ffp-contract=off -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE -Wthread-safety)
  else()
    # g++ 12 sees overlaps where there are none (GCC bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(GYRUS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${GYRUS_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${GYRUS_SANITIZE})
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # g++ 12 sees them in the standard library's regex (GCC bug 105562).
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
endfunction()

# gyrus_library(NAME core_epoch SRCS ... HDRS ... PUBLIC ... PRIVATE ...)
function(gyrus_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;HDRS;PUBLIC;PRIVATE" ${ARGN})
  add_library(gyrus_${ARG_NAME} STATIC ${ARG_SRCS})
  add_library(gyrus::${ARG_NAME} ALIAS gyrus_${ARG_NAME})
  target_sources(gyrus_${ARG_NAME} PUBLIC
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HDRS})
  target_link_libraries(gyrus_${ARG_NAME} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  gyrus_compile_settings(gyrus_${ARG_NAME})
  set_target_properties(gyrus_${ARG_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# The torch header costs 11 s a file: compiled once, for every target that calls
# this. The first one makes it.
function(gyrus_use_torch_header target)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
  if(NOT TARGET gyrus_torch_header)
    file(WRITE "${PROJECT_BINARY_DIR}/torch_header.cc" "")
    add_library(gyrus_torch_header OBJECT "${PROJECT_BINARY_DIR}/torch_header.cc")
    target_link_libraries(gyrus_torch_header PRIVATE gyrus::torch)
    gyrus_compile_settings(gyrus_torch_header)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(gyrus_torch_header PRIVATE -fpch-preprocess)
    endif()
    target_precompile_headers(gyrus_torch_header PRIVATE <torch/torch.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM gyrus_torch_header)
endfunction()

# gyrus_program(NAME gyrus-worker SRCS main.cc DEPS ...): built into bin/.
function(gyrus_program)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  gyrus_compile_settings(${ARG_NAME})
  set_target_properties(${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
endfunction()

# gyrus_test(nifti_test SRCS nifti_test.cc DEPS ... [LABELS ...] [TIMEOUT s]
#            [NEEDS program...] [SERIAL])
# A test that cannot run here exits through GTEST_SKIP; ctest shows it as skipped.
function(gyrus_test name)
  cmake_parse_arguments(ARG "SERIAL" "TIMEOUT" "SRCS;DEPS;LABELS;NEEDS" ${ARGN})
  if(NOT GYRUS_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  gyrus_compile_settings(${name})
  target_compile_definitions(${name} PRIVATE
    GYRUS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" GYRUS_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  if(ARG_NEEDS)
    add_dependencies(${name} ${ARG_NEEDS})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(properties TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  if(ARG_SERIAL)
    list(APPEND properties RUN_SERIAL ON)
  endif()
  # One ctest entry a behaviour, so that a skipped one shows by name.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()
