#include "recorder.hpp"

#include <algorithm>
#include <cassert>

namespace induction {
namespace {

Shape contiguous(const Shape& shape) {
  Shape stride(shape.size());
  uint32_t floats = 1;
  for (size_t i = shape.size(); i-- > 0; floats *= shape[i]) stride[i] = floats;
  return stride;
}

uint32_t aligned(uint32_t floats) { return (floats + 15) / 16 * 16; }  // one cache line, one AVX-512 register

}  // namespace

Recorder::Recorder(uint32_t batch, uint32_t length, Mode mode) : mode_(mode) {
  program_.batch = batch;
  program_.length = length;
  program_.chunk_sequences = (batch + kMaxChunks - 1) / kMaxChunks;
  program_.chunks = (batch + program_.chunk_sequences - 1) / program_.chunk_sequences;
}

// --- tensors ---

TensorId Recorder::place(std::string name, std::string axes, const Shape& shape) {
  Tensor tensor{std::move(name), std::move(axes), shape, contiguous(shape), static_cast<uint32_t>(program_.arena_floats), 0, false};
  program_.arena_floats += aligned(tensor.elements());
  return push(std::move(tensor));
}

// Enters a tensor that has its memory already.
TensorId Recorder::push(Tensor tensor, View view) {
  program_.tensors.push_back(std::move(tensor));
  program_.gradient.push_back(kNoTensor);
  written_.push_back(false);
  views_.push_back(view);
  return static_cast<TensorId>(program_.tensors.size() - 1);
}

TensorId Recorder::like(std::string name, TensorId id) { return place(std::move(name), (*this)[id].axes, (*this)[id].shape); }

TensorId Recorder::parameter(std::string name, const Shape& shape) {
  assert(program_.arena_floats == program_.parameter_region.size && "parameters come first");
  const TensorId id = place(std::move(name), "", shape);
  program_.tensors[id].parameter = true;
  program_.parameter_region.size = static_cast<uint32_t>(program_.arena_floats);
  if (!(*this)[id].name.empty()) program_.parameters.push_back(id);
  return id;
}

void Recorder::name_part(std::string name, TensorId block, uint32_t offset, Shape shape, Shape stride) {
  program_.parameters.push_back(
      push({std::move(name), "", std::move(shape), std::move(stride), (*this)[block].offset + offset, 0, true}, {block, 0, 0}));
}

TensorId Recorder::input(std::string name, std::string axes, const Shape& shape) { return place(std::move(name), std::move(axes), shape); }

TensorId Recorder::constant(std::string name, const Shape& shape, std::vector<double> values) {
  const TensorId id = place(std::move(name), "", shape);
  program_.constants.push_back({id, std::move(values)});
  return id;
}

void Recorder::trainable(std::vector<double> values) {
  program_.trainable = constant("trainable", {program_.parameter_region.size}, std::move(values));
}

TensorId Recorder::select(std::string name, TensorId whole, char axis, uint32_t index) {
  Tensor tensor = (*this)[whole];
  const auto at = tensor.axes.find(axis);
  tensor.name = std::move(name);
  tensor.offset += index * tensor.stride[at];
  tensor.axes.erase(at, 1);
  tensor.shape.erase(tensor.shape.begin() + static_cast<long>(at));
  tensor.stride.erase(tensor.stride.begin() + static_cast<long>(at));
  return push(std::move(tensor), {whole, axis, index});
}

// --- gradients ---

// The tensor that collects dLoss/d(id) during the reverse pass; for a parameter, its place in the gradient chunks.
TensorId Recorder::gradient_of(TensorId id) {
  if (program_.gradient[id] != kNoTensor) return program_.gradient[id];
  TensorId made;
  if (views_[id].whole != kNoTensor && !(*this)[id].parameter) {
    const View view = views_[id];
    const TensorId whole = gradient_of(view.whole);
    made = select("", whole, view.axis, view.index);
  } else if ((*this)[id].parameter) {
    Tensor tensor = (*this)[id];
    tensor.name.clear();
    tensor.parameter = false;
    tensor.offset += program_.chunk_region.offset;
    tensor.chunk_stride = program_.parameter_region.size;
    made = push(std::move(tensor));
  } else {
    made = like("", id);
  }
  program_.gradient[id] = made;
  return made;
}

// Notes one more contribution to a gradient: the first writes, later ones add. A part of a parameter has its gradient inside the whole's.
uint32_t Recorder::contribute(TensorId id) {
  const bool whole_written = (*this)[id].parameter && views_[id].whole != kNoTensor && written_[views_[id].whole];
  const uint32_t flag = written_[id] || whole_written ? kAccumulate : 0u;
  written_[id] = true;
  return flag;
}

// d(to) (+)= d(from). While training, a first contribution that is the last use of from's gradient just shares its memory.
void Recorder::pass_gradient(TensorId from, TensorId to, bool last_use) {
  const TensorId source = gradient_of(from);
  if (mode_ == Mode::training && last_use && program_.gradient[to] == kNoTensor && views_[to].whole == kNoTensor) {
    program_.gradient[to] = source;
    written_[to] = true;
    return;
  }
  const uint32_t per_sequence = (*this)[to].elements() / program_.batch;
  const TensorId target = gradient_of(to);
  program_.backward.push_back(step(Kernel::accumulate, {source, target}, {per_sequence}, contribute(to)));
}

// --- Steps that go together ---

// Marks the Steps of `list` from `first` on, which are independent of each other.
void Recorder::mark_together(std::vector<Step>& list, size_t first) {
  uint32_t group = 1;
  for (size_t i = first + 1; i < list.size(); ++i) {
    const bool joins = list[i].kernel == list[i - 1].kernel && group < kMaxTogether;
    list[i].flags = joins ? list[i].flags | kTogether : list[i].flags & ~kTogether;
    group = joins ? group + 1 : 1;
  }
}

void Recorder::together(const std::function<void()>& operations) {
  const size_t first_step = program_.forward.size(), first_rule = reverse_.size();
  operations();
  mark_together(program_.forward, first_step);
  const std::vector<std::function<void()>> rules(reverse_.begin() + static_cast<long>(first_rule), reverse_.end());
  reverse_.resize(first_rule);
  reverse_.push_back([=, this] {
    const size_t first = program_.backward.size();
    for (size_t i = rules.size(); i-- > 0;) rules[i]();
    mark_together(program_.backward, first);
  });
}

void Recorder::need_scratch(uint32_t floats) { program_.scratch_floats = std::max(program_.scratch_floats, aligned(floats)); }

Step Recorder::step(Kernel kernel, std::initializer_list<TensorId> operands, std::initializer_list<uint32_t> sizes, uint32_t flags) const {
  Step made;
  made.kernel = kernel;
  made.flags = flags;
  int slot = 0;
  for (const TensorId id : operands) {
    if (id != kNoTensor) {
      made.offset[slot] = (*this)[id].offset;
      made.batch_stride[slot] = (*this)[id].batch_stride();
      made.chunk_stride[slot] = (*this)[id].chunk_stride;
    }
    ++slot;
  }
  std::copy(sizes.begin(), sizes.end(), made.size);
  return made;
}

// --- the end ---

void Recorder::record_update(Kernel optimiser, const std::vector<TensorId>& matrices) {
  const uint32_t size = program_.parameter_region.size;
  const auto flat = [&](const Region& region) { return push({"", "", {region.size}, {1}, region.offset, 0, false}); };
  const TensorId p = flat(program_.parameter_region), g = flat(program_.gradient_region), c = flat(program_.chunk_region);
  const TensorId m = flat(program_.moment1_region), v = flat(program_.moment2_region);
  const TensorId statistics = program_.statistics = place("", "", {kStatistics}), loss = program_.loss;
  program_.gradient_norm = push({"gradient_norm", "", {1}, {1}, (*this)[statistics].offset + kGradientNorm, 0, false});
  program_.finish.push_back(step(Kernel::reduce_chunks, {c, g}, {size, program_.chunks}));
  if (program_.trainable != kNoTensor) program_.finish.push_back(step(Kernel::mask_gradient, {g, program_.trainable}, {size}));
  const uint32_t positions = loss == kNoTensor ? 0 : (*this)[loss].elements();
  const TensorId weights = program_.weights;
  program_.finish.push_back(
      step(Kernel::measure, {g, loss, statistics, weights}, {size, positions, counted_}, weights == kNoTensor ? 0u : kWeighted));
  const TensorId held = program_.trainable == kNoTensor ? kNoTensor : place("", "", {3, size});
  if (held != kNoTensor) record_frozen({p, m, v}, held, Kernel::hold);
  record_optimiser(step(optimiser, {p, g, m, v, statistics}, {size}), matrices);
  if (held != kNoTensor) record_frozen({p, m, v}, held, Kernel::release);
}

// Around the optimiser, so that none needs to know what is frozen: parameters and moments go to `held`, and back where they are.
void Recorder::record_frozen(std::initializer_list<TensorId> parts, TensorId held, Kernel kernel) {
  const uint32_t size = program_.parameter_region.size;
  const size_t first = program_.update.size();
  for (const TensorId part : parts) {
    Step made = step(kernel, {part, held, program_.trainable}, {size});
    made.offset[1] += static_cast<uint32_t>(program_.update.size() - first) * size;
    program_.update.push_back(made);
  }
  mark_together(program_.update, first);
}

// A parameter's gradient, for the outside, is its view of the reduced gradient.
void Recorder::name_parameter_gradients() {
  for (const TensorId id : std::vector<TensorId>(program_.parameters)) {
    Tensor tensor = (*this)[id];
    tensor.name = "grad." + tensor.name;
    tensor.parameter = false;
    tensor.offset += program_.gradient_region.offset;
    program_.gradient[id] = push(std::move(tensor));
  }
}

Program Recorder::finish(Kernel optimiser, const std::vector<TensorId>& matrices) {
  const uint32_t size = program_.parameter_region.size;
  for (Region* region : {&program_.gradient_region, &program_.moment1_region, &program_.moment2_region, &program_.chunk_region}) {
    region->offset = static_cast<uint32_t>(program_.arena_floats);
    region->size = region == &program_.chunk_region ? size * program_.chunks : size;
    program_.arena_floats += region->size;
  }
  for (size_t i = reverse_.size(); i-- > 0;) reverse_[i]();
  record_update(optimiser, matrices);
  name_parameter_gradients();
  return std::move(program_);
}

}  // namespace induction
