# Precompiled headers: of the libraries that nearly every source includes, never
# of our own, so that a change of ours recompiles what includes it and no more.
# Sources still include what they use.
#
#   plain   the standard library, Abseil, Protobuf
#   full    the same, gRPC and GoogleTest: for tests and for what talks
#   torch   the same as plain, GoogleTest, and tensors and modules of torch
#
# Each header more costs every source that does not use it: an empty one takes
# 0.5 s with plain, 1.5 s with full.
option(GYRUS_PRECOMPILE "Precompile the headers of libraries" ON)

set(GYRUS_PLAIN_HEADERS
  <algorithm> <array> <atomic> <cmath> <cstdint> <cstring> <deque> <filesystem> <fstream>
  <functional> <iostream> <limits> <map> <memory> <optional> <set> <span> <sstream> <string>
  <thread> <tuple> <utility> <variant> <vector>
  <absl/container/flat_hash_map.h> <absl/container/flat_hash_set.h>
  <absl/functional/any_invocable.h> <absl/functional/function_ref.h> <absl/status/status.h>
  <absl/status/statusor.h> <absl/strings/escaping.h> <absl/strings/match.h>
  <absl/strings/numbers.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
  <absl/strings/str_join.h> <absl/strings/str_replace.h> <absl/strings/str_split.h>
  <absl/synchronization/mutex.h> <absl/synchronization/notification.h> <absl/time/clock.h>
  <absl/time/time.h> <absl/types/span.h>
  <google/protobuf/generated_message_reflection.h> <google/protobuf/generated_message_util.h>
  <google/protobuf/map.h> <google/protobuf/map_entry.h> <google/protobuf/map_field_inl.h>
  <google/protobuf/message.h> <google/protobuf/repeated_field.h> <google/protobuf/text_format.h>
  <google/protobuf/unknown_field_set.h> <google/protobuf/util/message_differencer.h>)
set(GYRUS_FULL_HEADERS ${GYRUS_PLAIN_HEADERS} <grpcpp/grpcpp.h>)
set(GYRUS_TORCH_HEADERS ${GYRUS_PLAIN_HEADERS})
if(GYRUS_BUILD_TESTS)
  list(APPEND GYRUS_FULL_HEADERS <gmock/gmock.h> <gtest/gtest.h>)
  list(APPEND GYRUS_TORCH_HEADERS <gmock/gmock.h> <gtest/gtest.h>)
endif()
# Not torch/torch.h, whose modules, optimisers and data sets cost every source
# four seconds more; what uses one of them includes it.
list(APPEND GYRUS_TORCH_HEADERS
  <torch/autograd.h> <torch/nn/module.h> <torch/types.h> <torch/utils.h>)

# Makes the target that owns the precompiled headers of `kind`, once.
function(gyrus_header_target kind)
  if(TARGET gyrus_${kind}_header)
    return()
  endif()
  string(TOUPPER ${kind} upper)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/${kind}_header.cc" CONTENT "")
  add_library(gyrus_${kind}_header OBJECT "${PROJECT_BINARY_DIR}/${kind}_header.cc")
  if(kind STREQUAL "torch")
    target_link_libraries(gyrus_torch_header PRIVATE gyrus::torch)
  endif()
  gyrus_compile_settings(gyrus_${kind}_header)
  target_precompile_headers(gyrus_${kind}_header PRIVATE ${GYRUS_${upper}_HEADERS})
endfunction()

# `target` is compiled with the headers of `kind`. ccache needs the second flag
# to see which precompiled header a source was compiled with; Clang would write
# the time of each header into the file.
function(gyrus_precompile target kind)
  if(NOT GYRUS_PRECOMPILE)
    return()
  endif()
  gyrus_header_target(${kind})
  target_precompile_headers(${target} REUSE_FROM gyrus_${kind}_header)
endfunction()

function(gyrus_precompile_settings target)
  if(NOT GYRUS_PRECOMPILE)
    return()
  endif()
  # GoogleTest defines it for its users; who shares its header must agree.
  target_compile_definitions(${target} PRIVATE GTEST_HAS_PTHREAD=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  else()
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()
