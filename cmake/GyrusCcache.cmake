# Compiles through ccache, so that a checkout in another folder finds what this
# one compiled. Paths below the checkout are made relative before they are
# hashed and before they are written into an object file (-ffile-prefix-map in
# GyrusTargets.cmake); for that reason no compile definition holds an absolute
# path (tests ask testing/paths.h). Headers are known by their content, because
# their times differ between checkouts.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(launcher "${CMAKE_COMMAND}" -E env
    "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
    CCACHE_NOHASHDIR=1
    # The first two are what ccache asks for when precompiled headers are used.
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_MAXSIZE=10G
    "${CCACHE_PROGRAM}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
