include(GoogleTest)

# gyrus_library, gyrus_program, gyrus_test: one target a folder, headers that
# compile alone, the same settings everywhere.

include(GyrusHeaders)

function(gyrus_compile_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  gyrus_precompile_settings(${target})
  # No object file knows in which folder it was compiled.
  target_compile_options(${target} PRIVATE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
  # Contraction would let the compiler decide bits.
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wno-sign-compare -Wno-missing-field-initializers -Werror -pthread -ffp-contract=off -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${target} PRIVATE -Wthread-safety)
  else()
    # g++ 12 sees overlaps and overruns where there are none (GCC bugs 105651,
    # 105329, 105562), more of them behind a precompiled header. The sanitizers
    # look for the real ones.
    target_compile_options(${target} PRIVATE
      -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
      -Wno-maybe-uninitialized)
  endif()
  if(GYRUS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${GYRUS_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${GYRUS_SANITIZE})
  endif()
endfunction()

# Which precompiled headers a target gets: those of torch where `torch` is true,
# otherwise by what it links.
function(gyrus_precompile_for target torch)
  set(kind plain)
  if(torch)
    set(kind torch)
  elseif("${ARGN}" MATCHES "gRPC::|common_rpc|proto_grpc|_service|GTest::")
    set(kind full)
  endif()
  gyrus_precompile(${target} ${kind})
endfunction()

# gyrus_library(NAME core_epoch SRCS ... HDRS ... PUBLIC ... PRIVATE ... [TORCH])
function(gyrus_library)
  cmake_parse_arguments(ARG "TORCH" "NAME" "SRCS;HDRS;PUBLIC;PRIVATE" ${ARGN})
  add_library(gyrus_${ARG_NAME} STATIC ${ARG_SRCS})
  add_library(gyrus::${ARG_NAME} ALIAS gyrus_${ARG_NAME})
  target_sources(gyrus_${ARG_NAME} PUBLIC
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${ARG_HDRS})
  target_link_libraries(gyrus_${ARG_NAME} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  gyrus_compile_settings(gyrus_${ARG_NAME})
  gyrus_precompile_for(gyrus_${ARG_NAME} "${ARG_TORCH}" ${ARG_PUBLIC} ${ARG_PRIVATE})
  set_target_properties(gyrus_${ARG_NAME} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endfunction()

# gyrus_program(NAME gyrus-worker SRCS main.cc DEPS ... [FOLDER tests] [TORCH]):
# built into bin/, or into FOLDER.
function(gyrus_program)
  cmake_parse_arguments(ARG "TORCH" "NAME;FOLDER" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER bin)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  gyrus_compile_settings(${ARG_NAME})
  gyrus_precompile_for(${ARG_NAME} "${ARG_TORCH}" ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${ARG_FOLDER}")
endfunction()

# gyrus_test(nifti_test SRCS nifti_test.cc DEPS ... [LABELS ...] [TIMEOUT s]
#            [NEEDS program...] [SERIAL] [TORCH] [SUITES] [PURE])
# ctest has one entry for each test, so that a skipped one shows by name (a test
# that cannot run here exits through GTEST_SKIP). With TORCH, whose libraries
# take half a second to load, or with SUITES, it has one for each suite; none of
# half a second to load, or with SUITES, it has one for each suite; none of those
# may skip. PURE says that it only computes: the sanitizers leave it out
# (deploy/asan.sh).
function(gyrus_test name)
  cmake_parse_arguments(ARG "SERIAL;TORCH;SUITES;PURE" "TIMEOUT" "SRCS;DEPS;LABELS;NEEDS" ${ARGN})
  if(NOT GYRUS_BUILD_TESTS OR (ARG_PURE AND GYRUS_SANITIZE AND NOT GYRUS_SANITIZE_ALL))
    return()
  endif()
  set(torch)
  if(ARG_TORCH)
    set(torch TORCH)
  endif()
  gyrus_program(NAME ${name} FOLDER tests ${torch} SRCS ${ARG_SRCS}
    DEPS ${ARG_DEPS} gyrus::testing GTest::gmock GTest::gtest_main)
  # Tests compute little, and compiling them takes long.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(ARG_NEEDS)
    add_dependencies(${name} ${ARG_NEEDS})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(properties TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "  SKIPPED ")
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  if(ARG_SERIAL)
    list(APPEND properties RUN_SERIAL ON)
  endif()
  if(ARG_TORCH OR ARG_SUITES)
    gyrus_discover_suites(${name} "${properties}")
  else()
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
  endif()
endfunction()

# Adds a ctest entry for each suite of a test program, asked when ctest starts.
function(gyrus_discover_suites name properties)
  set(include "${CMAKE_CURRENT_BINARY_DIR}/${name}_suites.cmake")
  file(GENERATE OUTPUT "${include}" CONTENT
    "set(program \"$<TARGET_FILE:${name}>\")\nset(properties \"${properties}\")\n\
include(\"${PROJECT_SOURCE_DIR}/cmake/GyrusSuites.cmake\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${include}")
endfunction()
