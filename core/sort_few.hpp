#pragma once
// Sorting of short lists.

#include <algorithm>

namespace induction {

/// Sorts [first, last) and keeps the order of equals, by insertion: for some dozen elements, with a fraction of the code that
/// std::stable_sort brings into the page's module.
template <class Iterator, class Before>
void sort_few(Iterator first, Iterator last, Before before) {
  for (Iterator at = first; at != last; ++at) std::rotate(std::upper_bound(first, at, *at, before), at, at + 1);
}

}  // namespace induction
