#pragma once
// xtensor, whose header paths moved in 0.26. For a few .cpp files: it takes seconds to compile.

// The library's own way to do without exceptions, which WebAssembly builds have switched off.
#ifdef __EMSCRIPTEN__
#define XTL_NO_EXCEPTIONS
#endif
#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/misc/xmanipulation.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>
#endif
