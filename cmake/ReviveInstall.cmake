# What `cmake --install` lays down, so that find_package(revive) gives revive::<folder> for each library folder.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# The public headers, and what those include: everything else is for our own sources. examples/every_header sees to it
# that they include nothing else of ours, nor heavy headers of others.
set(REVIVE_PUBLIC_HEADERS
  model/base/box.h model/base/error.h model/base/limits.h model/base/value.h model/base/variant.h
  model/tensor/dtype.h model/tensor/shape.h model/tensor/tensor.h
  model/capture.h model/declare.h model/tensor/dtype_policy.h model/field.h model/lambda.h model/layer.h model/layer_class.h
  model/layer_draw.h model/registry.h model/sequential.h
  serializer/io/buffer.h serializer/io/file.h
  serializer/compare.h serializer/keras_archive.h serializer/load_options.h
  properties/case.h properties/gtest.h properties/gtest_case.h properties/property.h properties/subject.h
  properties/subject_of.h)

function(revive_install)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/revive)
  foreach(folder IN LISTS ARGN)
    if(TARGET revive_${folder})
      install(TARGETS revive_${folder} EXPORT reviveTargets)
    endif()
  endforeach()
  foreach(header IN LISTS REVIVE_PUBLIC_HEADERS)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/revive/${folder})
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
