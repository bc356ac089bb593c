# Header-only libraries from the system: Debian and Ubuntu packages, or Homebrew. A cross compiler must not see all of
# /usr/include, so each library is given by a folder of links.
set(INDUCTION_INCLUDES ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${INDUCTION_INCLUDES})
set(INDUCTION_HEADER_ROOTS /usr/include /usr/local/include /opt/homebrew/include /usr/include/eigen3 /usr/local/include/eigen3
                           /opt/homebrew/include/eigen3)

function(induction_headers target folder marker package)
  find_path(found_${target} NAMES ${marker} PATHS ${INDUCTION_HEADER_ROOTS} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
  if(NOT found_${target})
    message(FATAL_ERROR "${marker} was not found. Install ${package} (Debian, Ubuntu) or the same library with Homebrew; ./play does it for you.")
  endif()
  if(NOT EXISTS ${INDUCTION_INCLUDES}/${folder})
    file(CREATE_LINK ${found_${target}}/${folder} ${INDUCTION_INCLUDES}/${folder} SYMBOLIC)
  endif()
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${INDUCTION_INCLUDES})
endfunction()

induction_headers(nlohmann_json nlohmann nlohmann/json.hpp nlohmann-json3-dev)
induction_headers(doctest doctest doctest/doctest.h doctest-dev)
induction_headers(eigen Eigen Eigen/Core libeigen3-dev)
# Two folders; the headers of the second moved in version 0.26.
induction_headers(xtl xtl xtl/xtl_config.hpp libxtensor-dev)
induction_headers(xtensor xtensor "xtensor/xarray.hpp;xtensor/containers/xarray.hpp" libxtensor-dev)
if(NOT EMSCRIPTEN)
  induction_headers(cli11 CLI CLI/CLI.hpp libcli11-dev)
endif()
