option(REVIVE_TESTS "Build the unit tests" ${PROJECT_IS_TOP_LEVEL})
option(REVIVE_FUZZERS "Build the fuzz targets (with a plain replay main unless an engine is named)" ${PROJECT_IS_TOP_LEVEL})
option(REVIVE_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
set(LIB_FUZZING_ENGINE "$ENV{LIB_FUZZING_ENGINE}" CACHE STRING
    "What links a fuzzing engine into a target; empty means a plain replay main")

find_program(REVIVE_CCACHE ccache)
if(REVIVE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REVIVE_CCACHE})
endif()
