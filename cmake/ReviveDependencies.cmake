# The libraries revive stands on. What its own archives need at link time is declared once, in the two lists
# below, and reviveConfig.cmake asks a user's machine for the same. Header-only libraries end inside ours.

set(REVIVE_LINKED_PACKAGES fmt rapidcheck ZLIB)
# Through pkg-config, because Debian's CMake export of libzip names files that its package does not hold.
set(REVIVE_LINKED_MODULES libzip nettle)

foreach(package IN LISTS REVIVE_LINKED_PACKAGES)
  find_package(${package} REQUIRED)
endforeach()
find_package(PkgConfig REQUIRED)
foreach(module IN LISTS REVIVE_LINKED_MODULES)
  # libzip becomes PkgConfig::LIBZIP.
  string(TOUPPER ${module} prefix)
  pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET GLOBAL ${module})
endforeach()

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
if(REVIVE_TESTS)
  find_package(GTest REQUIRED)
  # An oracle, which tests do without where it is missing.
  pkg_check_modules(HDF5 QUIET IMPORTED_TARGET GLOBAL hdf5)
  include(GoogleTest)
endif()
