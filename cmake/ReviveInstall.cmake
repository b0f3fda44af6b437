# What `cmake --install` lays down, so that find_package(revive) gives revive::<folder> for each library folder.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Headers for our own .cpp files and tests. No installed header may include one of them; examples/every_header sees to
# it.
set(REVIVE_INTERNAL_HEADERS
  "faults"                                        # of a library that is not installed
  "testing" "[^/]*testing[.]h" "random_draw[.]h"  # for tests
  "zip_[^/]*[.]h"                                 # need zip.h or zlib.h
  "hdf5/(bytes|context|format|global_heap|local_heap|object_header|structure|symbol_table)[.]h")  # how hdf5.h does it

function(revive_install)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/revive)
  list(TRANSFORM REVIVE_INTERNAL_HEADERS REPLACE "(.+)" "REGEX;/\\1$;EXCLUDE" OUTPUT_VARIABLE excluded)
  foreach(folder IN LISTS ARGN)
    if(TARGET revive_${folder})
      install(TARGETS revive_${folder} EXPORT reviveTargets)
      install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/revive FILES_MATCHING PATTERN "*.h"
              ${excluded})
    endif()
  endforeach()
  if(TARGET revive)
    install(TARGETS revive)
  endif()
  install(EXPORT reviveTargets NAMESPACE revive:: DESTINATION ${package})

  configure_package_config_file(cmake/reviveConfig.cmake.in reviveConfig.cmake INSTALL_DESTINATION ${package})
  # Before 1.0 a minor version may change what a header promises.
  write_basic_package_version_file(reviveConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/reviveConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/reviveConfigVersion.cmake
          DESTINATION ${package})
endfunction()
