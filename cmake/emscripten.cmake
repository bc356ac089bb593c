# Uses whatever Emscripten (3.1.6 or newer) is on the PATH: its SDK's, a distribution's, Homebrew's.
find_program(EMCC emcc REQUIRED)
execute_process(COMMAND em-config EMSCRIPTEN_ROOT OUTPUT_VARIABLE EMSCRIPTEN_ROOT_PATH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT EMSCRIPTEN_ROOT_PATH)
  get_filename_component(EMCC_REAL ${EMCC} REALPATH)
  get_filename_component(EMSCRIPTEN_ROOT_PATH ${EMCC_REAL} DIRECTORY)
endif()
include(${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake)
