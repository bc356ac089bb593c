#pragma once
// What several suites need: fixed pseudo-random numbers, distances, golden files, tiny configurations.

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config.hpp"
#include "cpu.hpp"
#include "safetensors.hpp"

namespace induction::tests {

/// n numbers evenly spread over [-scale, scale), exactly representable as float so that both precisions start from the same.
std::vector<double> random_values(size_t n, uint32_t seed, double scale = 1.0);

/// Largest |a − b| divided by the largest |b|; infinities must agree exactly. NaN anywhere gives infinity.
double relative_distance(std::span<const double> a, std::span<const double> b);

template <class T>
std::vector<double> as_double(std::span<const T> values) {
  return {values.begin(), values.end()};
}
template <class T>
std::vector<double> as_double(const std::vector<T>& values) {
  return as_double(std::span<const T>(values));
}

/// Same bits, so −0 differs from 0 and NaN may equal NaN.
bool same_bits(std::span<const float> a, std::span<const float> b);

std::vector<uint8_t> read_bytes(const std::string& path);
std::string golden_path(const std::string& name);

/// A model small enough to differentiate numerically: d_model 8, 2 heads of 4, T 8, V 5, batch 3, 2 layers.
Config tiny_config();

/// A Config in a few words, for messages.
std::string config_label(const Config& config);

/// Moves norm weights, biases and alphas off 1 and 0, where some reverse rules could not be told from wrong ones.
template <class Real>
void perturb_parameters(Cpu<Real>& cpu, uint32_t seed);

/// Writes fixed random tokens and targets below d_vocab.
template <class Real>
void random_tokens(Cpu<Real>& cpu, uint32_t d_vocab, uint32_t seed);

/// Kernel tables this processor can run.
std::vector<const KernelTable<float>*> available_kernels(Numerics numerics = Numerics::exact);

/// One state: the bits of a region.
template <class Real>
std::vector<Real> copy_of(Cpu<Real>& cpu, const Region& region) {
  const auto values = cpu.region(region);
  return {values.begin(), values.end()};
}

/// True when a problem about `knob` contains `words`.
bool says(const Problems& found, const std::string& knob, const std::string& words);

}  // namespace induction::tests
