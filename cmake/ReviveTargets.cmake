# How a folder becomes a library and its tests: sources are the folder's *.cpp, tests its *_test.cpp.
# A new file needs no line here, so that adding a layer stays one file and one line in the layer table.

function(revive_find_dependencies)
  find_package(Eigen3 3.4 REQUIRED NO_MODULE)
  find_package(fmt REQUIRED)
  find_package(nlohmann_json 3.11 REQUIRED)
  find_package(PkgConfig REQUIRED)
  # Debian's CMake export of libzip names files that its package does not hold.
  pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET GLOBAL libzip)
  pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET GLOBAL nettle)
  if(REVIVE_TESTS)
    find_package(GTest REQUIRED)
  endif()
endfunction()

# Arithmetic is a pure function of values: no contraction, no fast-math, whatever the optimiser level.
add_library(revive_flags INTERFACE)
target_compile_options(revive_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror -ffp-contract=off)
target_include_directories(revive_flags INTERFACE ${PROJECT_SOURCE_DIR})

function(revive_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  add_library(revive_${folder} STATIC ${sources})
  add_library(revive::${folder} ALIAS revive_${folder})
  set_target_properties(revive_${folder} PROPERTIES EXPORT_NAME ${folder})
  target_include_directories(revive_${folder} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                                     $<INSTALL_INTERFACE:include/revive>)
  target_compile_features(revive_${folder} PUBLIC cxx_std_23)
  target_link_libraries(revive_${folder} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:revive_flags>)
  if(REVIVE_TESTS AND tests)
    add_executable(${folder}_test ${tests})
    target_link_libraries(${folder}_test PRIVATE revive_${folder} ${arg_PRIVATE} revive_flags GTest::gtest_main GTest::gmock)
    target_compile_definitions(${folder}_test PRIVATE REVIVE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    include(GoogleTest)
    gtest_discover_tests(${folder}_test TEST_PREFIX ${folder}. DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
