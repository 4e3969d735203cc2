# gyrus::torch and gyrus::gloo, from the unpacked wheel and Debian's Gloo.
#
# The wheel's own include folder also holds an old google/protobuf, so only its
# torch folders are linked into one of ours. find_package(Torch) would add the
# whole folder and ask for CUDA.
if(NOT GYRUS_LIBTORCH)
  if(DEFINED ENV{GYRUS_LIBTORCH})
    set(GYRUS_LIBTORCH "$ENV{GYRUS_LIBTORCH}")
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(GYRUS_LIBTORCH "$ENV{XDG_CACHE_HOME}/gyrus/libtorch-2.11.0")
  else()
    set(GYRUS_LIBTORCH "$ENV{HOME}/.cache/gyrus/libtorch-2.11.0")
  endif()
endif()
set(_torch "${GYRUS_LIBTORCH}/torch")
if(NOT EXISTS "${_torch}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "no LibTorch in ${GYRUS_LIBTORCH}: run deploy/setup.sh, or set GYRUS_LIBTORCH")
endif()
file(STRINGS "${_torch}/version.py" _version REGEX "^__version__ = ")
string(REGEX REPLACE ".*'([0-9.]+).*" "\\1" GYRUS_TORCH_VERSION "${_version}")

set(_include "${PROJECT_BINARY_DIR}/torch_include")
file(MAKE_DIRECTORY "${_include}")
foreach(folder torch ATen c10 caffe2)
  file(CREATE_LINK "${_torch}/include/${folder}" "${_include}/${folder}" SYMBOLIC)
endforeach()

find_library(GLOO_LIBRARY gloo REQUIRED)
find_path(GLOO_INCLUDE_DIR gloo/context.h REQUIRED)

# libtorch_cpu.so exports symbols of another Gloo, so Debian's must come first on
# the link line of every program that has both, whichever of its libraries CMake
# names first; the start-up check of gyrus-trainer asks the dynamic linker which
# one was taken. Hence whatever links torch links Gloo before it.
add_library(gyrus_torch INTERFACE)
add_library(gyrus::torch ALIAS gyrus_torch)
target_include_directories(gyrus_torch SYSTEM INTERFACE
  "${_include}" "${_include}/torch/csrc/api/include")
target_link_libraries(gyrus_torch INTERFACE
  "${GLOO_LIBRARY}"
  "${_torch}/lib/libtorch_cpu.so" "${_torch}/lib/libc10.so"
  "${GYRUS_LIBTORCH}/nvidia/cu13/lib/libcudart.so.13"
  "${GYRUS_LIBTORCH}/nvidia/cu13/lib/libcupti.so.13")
target_link_options(gyrus_torch INTERFACE "LINKER:-rpath,${_torch}/lib")

add_library(gyrus_gloo_torch INTERFACE)
add_library(gyrus::gloo_torch ALIAS gyrus_gloo_torch)
target_include_directories(gyrus_gloo_torch SYSTEM INTERFACE "${GLOO_INCLUDE_DIR}")
target_link_libraries(gyrus_gloo_torch INTERFACE gyrus::torch)
