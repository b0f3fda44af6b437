# How a folder becomes a library, a test program and a program. Sources are found by name (foo.cpp beside
# foo_test.cpp), so a new file needs no line anywhere, and adding a layer stays one file and one table line.

# Arithmetic is a pure function of values: no contraction, no fast-math, whatever the optimiser level.
add_library(revive_flags INTERFACE)
target_compile_options(revive_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -ffp-contract=off)
# g++ 12 warns of members of a std::variant's other alternative and of accesses to a std::string's own buffer that
# never happen; clang and the sanitizers check both right.
target_compile_options(revive_flags INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>)
# Includes are "revive/model/..." here as in an installed copy: a link in the build folder stands for the tree.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include)
file(CREATE_LINK ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include/revive SYMBOLIC)
# For tests that read files of the tree. A header, so that other sources compile alike in every checkout.
file(CONFIGURE OUTPUT include/revive_build/source_dir.h CONTENT
  "#pragma once\n\n#define REVIVE_SOURCE_DIR \"@PROJECT_SOURCE_DIR@\"\n" @ONLY)
target_include_directories(revive_flags INTERFACE ${PROJECT_BINARY_DIR}/include)

# Headers that are the larger part of compiling a small source are precompiled once for all that include them.
# revive_precompile(<name> LINK <lib>... HEADERS <header>... [OPTIONS <option>...])
function(revive_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK;HEADERS;OPTIONS")
  file(CONFIGURE OUTPUT ${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE ${arg_LINK} revive_flags)
  # Without clang's time stamp in it, the same headers give the same file, which ccache can then find again.
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp> ${arg_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
endfunction()

revive_precompile(revive_std_precompiled LINK fmt::fmt HEADERS
  <algorithm> <array> <expected> <functional> <map> <optional> <span> <string> <string_view> <variant> <vector>
  <fmt/format.h>)
# Tests spend their time in the libraries; optimised themselves, they take twice as long to compile.
set(revive_test_options $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Og>)
if(REVIVE_TESTS)
  revive_precompile(revive_gtest_precompiled LINK GTest::gmock HEADERS <gmock/gmock.h> <gtest/gtest.h>
                    OPTIONS ${revive_test_options})
endif()

# revive_compile_as_tests(<target>): g++ takes a precompiled header for the options alone that it was made with.
function(revive_compile_as_tests target)
  target_compile_options(${target} PRIVATE ${revive_test_options})
  target_precompile_headers(${target} REUSE_FROM revive_gtest_precompiled)
endfunction()

# revive_library(<folder> [PUBLIC <lib>...] [PRIVATE <lib>...] [HEADER_ONLY <lib>...] [TEST <lib>...])
#
# Makes revive::<folder> of the folder's *.cpp, and <folder>_test of its *_test.cpp, each of whose tests ctest
# knows as <folder>.<Suite>.<Test>. Files named main.cpp, *_main.cpp and *_fuzzer.cpp belong to programs, those below a
# folder with a CMakeLists.txt of its own to that folder. *_libhdf5_test.cpp are linked with libhdf5, and left out
# where there is none.
# HEADER_ONLY libraries are compiled in and need not exist where an installed revive is used; TEST ones are
# for the test program alone.
function(revive_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE;HEADER_ONLY;TEST")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB below CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(inner IN LISTS below)
    cmake_path(GET inner PARENT_PATH inner)
    file(GLOB_RECURSE of_inner CONFIGURE_DEPENDS ${inner}/*.cpp)
    list(REMOVE_ITEM sources ${of_inner})
  endforeach()
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "((/|_)main|_test|_fuzzer)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(libhdf5_tests ${tests})
  list(FILTER libhdf5_tests INCLUDE REGEX "_libhdf5_test\\.cpp$")
  if(NOT TARGET PkgConfig::HDF5)
    list(REMOVE_ITEM tests ${libhdf5_tests})
  elseif(libhdf5_tests)
    list(APPEND arg_TEST PkgConfig::HDF5)
  endif()
  set(inside ${arg_HEADER_ONLY} revive_flags)
  list(TRANSFORM inside REPLACE "(.+)" "$<BUILD_INTERFACE:\\1>" OUTPUT_VARIABLE inside_our_build)

  add_library(revive_${folder} STATIC ${sources})
  add_library(revive::${folder} ALIAS revive_${folder})
  set_target_properties(revive_${folder} PROPERTIES EXPORT_NAME ${folder})
  target_include_directories(revive_${folder} PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                                     $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(revive_${folder} PUBLIC cxx_std_23)
  target_link_libraries(revive_${folder} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} ${inside_our_build})
  target_precompile_headers(revive_${folder} REUSE_FROM revive_std_precompiled)

  if(REVIVE_TESTS AND tests)
    add_executable(${folder}_test ${tests})
    target_link_libraries(${folder}_test PRIVATE revive_${folder} ${arg_PRIVATE} ${inside} ${arg_TEST}
                                                 GTest::gtest_main GTest::gmock)
    revive_compile_as_tests(${folder}_test)
    # A parameter printed into a name may hold an address, and would name the test anew with every build.
    gtest_discover_tests(${folder}_test TEST_PREFIX ${folder}. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                                        PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# revive_program(<name> <source>... LINK <lib>...) is an executable with our flags.
function(revive_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK} revive_flags)
endfunction()
