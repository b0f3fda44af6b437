# What a build may choose, and the language every part is written in.

option(REVIVE_TESTS "Build the unit tests" ${PROJECT_IS_TOP_LEVEL})
option(REVIVE_FUZZERS "Build the fuzz targets (with a plain replay main unless an engine is named)" ${PROJECT_IS_TOP_LEVEL})
option(REVIVE_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
set(LIB_FUZZING_ENGINE "$ENV{LIB_FUZZING_ENGINE}" CACHE STRING
    "What links a fuzzing engine into a target; empty means a plain replay main")

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# A warning stops our own builds, but not those of someone who takes revive in with a newer compiler.
if(NOT DEFINED CMAKE_COMPILE_WARNING_AS_ERROR)
  set(CMAKE_COMPILE_WARNING_AS_ERROR ${PROJECT_IS_TOP_LEVEL})
endif()

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

find_program(REVIVE_CCACHE ccache)
if(REVIVE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache stores what was compiled with a precompiled header only when told that its macros may be trusted, and finds
  # what another checkout compiled only when told that paths are relative to the tree.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${REVIVE_CCACHE})
endif()

# The decisions that clang cannot measure are known from its warnings alone; cmake/coverage.py counts them.
option(REVIVE_KEEP_WARNINGS "Keep what the compiler says of each object in a file beside it" OFF)
if(REVIVE_KEEP_WARNINGS)
  list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER ${PROJECT_SOURCE_DIR}/cmake/keep_warnings.sh)
endif()
