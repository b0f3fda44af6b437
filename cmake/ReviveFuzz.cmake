# Fuzz targets. The engine is whatever LIB_FUZZING_ENGINE says ("-fsanitize=fuzzer", a libAFLDriver.a, ...);
# without one a target is linked with replay_main.cpp and runs the files and folders it is given. So every
# target builds with every compiler, and no sanitizer flag is written here: presets and environments bring them.

# revive_fuzz_target(<name> [LINK <lib>...]) makes <name> of <name>.cpp, on top of revive::fuzz.
function(revive_fuzz_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  revive_program(${name} ${name}.cpp LINK revive::fuzz ${arg_LINK})
  if(LIB_FUZZING_ENGINE)
    separate_arguments(engine UNIX_COMMAND "${LIB_FUZZING_ENGINE}")
    target_link_libraries(${name} PRIVATE ${engine})
    target_sources(${name} PRIVATE engine_main.cpp)
  else()
    target_sources(${name} PRIVATE replay_main.cpp)
  endif()
  set_property(GLOBAL APPEND PROPERTY REVIVE_FUZZ_TARGETS ${name})
endfunction()

# Called once all targets are known: `fuzz_targets` builds them, `print_fuzz_targets` lists them, one a line, as
# does the file fuzz_targets.txt in the build folder, so that no script repeats the list.
function(revive_list_fuzz_targets)
  get_property(targets GLOBAL PROPERTY REVIVE_FUZZ_TARGETS)
  list(JOIN targets "\n" lines)
  file(CONFIGURE OUTPUT fuzz_targets.txt CONTENT "${lines}\n" @ONLY)
  add_custom_target(fuzz_targets DEPENDS ${targets})
  add_custom_target(print_fuzz_targets COMMAND ${CMAKE_COMMAND} -E cat ${CMAKE_CURRENT_BINARY_DIR}/fuzz_targets.txt)
endfunction()
