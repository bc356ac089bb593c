// icl_classify: items with labels, then an item whose label is asked (Chan et al. 2022, Reddy 2023, Singh et al. 2023). A class's label can
// be learned by heart or read off the context; the data decide which is worth it. docs/maths.md (84).

#include <algorithm>

#include "../../exact.hpp"
#include "../examples.hpp"

namespace induction {
namespace {

constexpr double kLn2 = 0.69314718055994530942;

enum Set : uint32_t { kSeen, kInContext, kFlipped, kInWeights };

/// How a Config's tokens and classes lie. Tokens: `exemplars` for each class with a fixed label, then for each novel class, labels last.
struct Layout {
  explicit Layout(const Config& c)
      : classes(static_cast<uint32_t>(c.classes)),
        labels(static_cast<uint32_t>(c.labels)),
        exemplars(static_cast<uint32_t>(c.exemplars)),
        pairs(static_cast<uint32_t>(c.pairs)),
        copies(static_cast<uint32_t>(c.class_burstiness)),
        first_label(static_cast<uint32_t>(c.d_vocab) - labels),
        novel(first_label / exemplars - classes),
        in_context(pairs / copies) {}
  uint32_t classes, labels, exemplars, pairs, copies, first_label, novel;
  uint32_t in_context;  // classes of a bursty context
};

/// One context: the class of each example and of the query, and what each class is called in it.
struct Context {
  std::vector<uint32_t> members, label_of;  // class and label of each example, before they are mixed
  uint32_t query = 0, query_label = 0;
  bool told = false;  // does the context show the query's class?
};

class Generator {
 public:
  explicit Generator(const Config& c) : config_(c), layout_(c) {
    double sum = 0;
    for (uint32_t i = 0; i < layout_.classes; ++i) {
      sum += c.class_zipf == 0 || i == 0 ? 1.0 : exact_exp2(-c.class_zipf * exact_ln(i + 1) / kLn2);
      cumulative_.push_back(sum);
    }
  }

  Sequence row(Draws& draws, uint32_t set) const {
    const bool novel = set == kInContext || (set == kSeen && draws.uniform() < config_.novel_share);
    Context context;
    if (novel)
      context = bursty(draws, shuffled(draws, layout_.novel, layout_.in_context), layout_.classes);
    else if (set == kFlipped || (set == kSeen && draws.uniform() < config_.bursty_share))
      context = bursty(draws, distinct(draws), 0);
    else if (set == kInWeights)
      context = absent(draws);
    else
      context = alone(draws);
    if (novel) rename(context, shuffled(draws, layout_.labels, layout_.labels));
    if (set == kFlipped) flip(context, 1 + draws.below(layout_.labels - 1));
    return written(draws, context);
  }

 private:
  uint32_t any_class(Draws& draws) const {
    const double u = draws.uniform() * cumulative_.back();
    const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u);
    return static_cast<uint32_t>(at - cumulative_.begin());
  }
  // The classes of a bursty context, one after the other from those that are left: Efraimidis & Spirakis 2006, in the order of
  // exponential times whose rates are the weights.
  std::vector<uint32_t> distinct(Draws& draws) const {
    std::vector<std::pair<double, uint32_t>> times;
    for (uint32_t i = 0; i < layout_.classes; ++i)
      times.push_back({-exact_ln(draws.uniform()) / (cumulative_[i] - (i ? cumulative_[i - 1] : 0)), i});
    std::partial_sort(times.begin(), times.begin() + layout_.in_context, times.end());
    std::vector<uint32_t> list;
    for (uint32_t i = 0; i < layout_.in_context; ++i) list.push_back(times[i].second);
    return list;
  }
  uint32_t fixed_label(uint32_t member) const { return member % layout_.labels; }

  Context bursty(Draws& draws, const std::vector<uint32_t>& chosen, uint32_t first_class) const {
    Context context;
    for (const uint32_t one : chosen) context.members.insert(context.members.end(), layout_.copies, first_class + one);
    context.query = first_class + chosen[draws.below(static_cast<uint32_t>(chosen.size()))];
    return with_labels(context);
  }
  Context alone(Draws& draws) const {
    Context context;
    for (uint32_t i = 0; i < layout_.pairs; ++i) context.members.push_back(any_class(draws));
    context.query = any_class(draws);
    return with_labels(context);
  }
  // Bursty classes of which the query's is none.
  Context absent(Draws& draws) const {
    const uint32_t query = any_class(draws);
    std::vector<uint32_t> others = shuffled(draws, layout_.classes - 1, layout_.in_context);
    for (uint32_t& one : others) one += one >= query;
    Context context = bursty(draws, others, 0);
    context.query = query;
    return with_labels(context);
  }
  Context with_labels(Context context) const {
    context.label_of.clear();
    for (const uint32_t one : context.members) context.label_of.push_back(fixed_label(one));
    context.query_label = fixed_label(context.query);
    context.told = std::find(context.members.begin(), context.members.end(), context.query) != context.members.end();
    return context;
  }
  // New labels for the classes in the order in which they stand: all different while there are enough.
  void rename(Context& context, const std::vector<uint32_t>& names) const {
    for (uint32_t i = 0; i < layout_.pairs; ++i) {
      context.label_of[i] = names[i / layout_.copies % layout_.labels];
      if (context.members[i] == context.query) context.query_label = context.label_of[i];
    }
  }
  void flip(Context& context, uint32_t shift) const {
    for (uint32_t& label : context.label_of) label = (label + shift) % layout_.labels;
    context.query_label = (context.query_label + shift) % layout_.labels;
  }
  uint32_t item(Draws& draws, uint32_t member) const {
    const uint32_t prototype = member * layout_.exemplars;
    if (layout_.exemplars == 1 || draws.uniform() >= config_.class_noise) return prototype;
    return prototype + 1 + draws.below(layout_.exemplars - 1);
  }
  Sequence written(Draws& draws, const Context& context) const {
    std::vector<uint32_t> tokens;
    for (const uint32_t i : shuffled(draws, layout_.pairs, layout_.pairs)) {
      tokens.push_back(item(draws, context.members[i]));
      tokens.push_back(layout_.first_label + context.label_of[i]);
    }
    tokens.push_back(item(draws, context.query));
    Sequence s = silent_sequence(std::move(tokens), config_);
    ask(s, 2 * layout_.pairs, layout_.first_label + context.query_label, context.told);
    return s;
  }

  Config config_;
  Layout layout_;
  std::vector<double> cumulative_;
};

}  // namespace

Task icl_classify_task(const Config& c) {
  const Layout layout(c);
  Task task;
  // Sets that the Config has no classes for stay out.
  task.sets = {{"seen", "Contexts as in training."}};
  const bool novel = layout.novel >= layout.in_context, others = layout.classes > layout.in_context;
  std::vector<uint32_t> kinds = {kSeen};
  const auto add = [&](uint32_t kind, HeldOutSet set) { kinds.push_back(kind), task.sets.push_back(set); };
  if (novel) add(kInContext, {"in_context", "Classes with new labels in every context: only the context tells."});
  if (layout.classes >= layout.in_context)
    add(kFlipped, {"flipped", "Known classes whose labels are exchanged in the context; the context's count."});
  if (others) add(kInWeights, {"in_weights", "Known classes of which the query's is not in the context: only the weights tell."});
  task.row = [kinds, generator = Generator(c)](Draws& draws, uint32_t set) { return generator.row(draws, kinds[set]); };
  // The labels that follow items of the query's class.
  task.sources = [layout](const Sequence& s, uint32_t t) {
    std::vector<uint32_t> keys;
    if (t != s.query) return keys;
    const auto class_of = [&](uint32_t token) { return token / layout.exemplars; };
    for (uint32_t i = 1; i < t; i += 2)
      if (class_of(s.tokens[i - 1]) == class_of(s.tokens[t])) keys.push_back(i);
    return keys;
  };
  task.labelled_query = task.sparse = true;
  task.answers = layout.labels;
  task.label = [layout](uint32_t token) {
    if (token >= layout.first_label) return "label " + std::to_string(token - layout.first_label + 1);
    const uint32_t member = token / layout.exemplars, which = token % layout.exemplars;
    const std::string name =
        member < layout.classes ? "class " + std::to_string(member + 1) : "novel " + std::to_string(member - layout.classes + 1);
    return which == 0 ? name : name + std::string(1, static_cast<char>('a' + which));
  };
  task.lines = [layout] {
    return std::vector<Line>{{"uniform", exact_ln(static_cast<double>(layout.labels)), "All labels equally likely: ln L.", false}};
  };
  return task;
}

}  // namespace induction
