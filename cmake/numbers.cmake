# Compiler flags that decide numbers. Exact mode promises the same bits everywhere, so:
# no contraction of a*b+c into a fused multiply-add, and no re-ordering of floating-point sums (never a fast-math flag).
# -fno-math-errno and -fno-trapping-math change no value; they let square roots and selections vectorise.
add_library(induction_flags INTERFACE)
target_compile_options(induction_flags INTERFACE
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-psabi -Wno-missing-field-initializers)
# GCC 12 sees overlapping copies in joined strings where there are none (its bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION MATCHES "^12\\.")
  target_compile_options(induction_flags INTERFACE -Wno-restrict)
endif()
if(INDUCTION_WERROR)
  target_compile_options(induction_flags INTERFACE -Werror)
endif()
if(INDUCTION_SANITIZE)
  target_compile_options(induction_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(induction_flags INTERFACE -fsanitize=address,undefined)
endif()
string(REPLACE "-O2" "-O3" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
if(EMSCRIPTEN)
  # Without run-time type names, and with all files optimised together when linking: a tenth off the page's module, at the same speed.
  target_compile_options(induction_flags INTERFACE -msimd128 -fno-exceptions -fno-rtti -flto)
  target_link_options(induction_flags INTERFACE -flto)
endif()
# Many files want the same large headers and the same inline functions; together they are compiled once.
# In WebAssembly only the tests: the page's module is optimised as a whole when it is linked, file by file before that.
function(induction_unity target)
  if(INDUCTION_UNITY AND (NOT EMSCRIPTEN OR target STREQUAL induction_tests))
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
  endif()
endfunction()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
