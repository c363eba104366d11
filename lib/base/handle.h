// Ownership of what a C library hands out: Handle<xmlDoc, xmlFreeDoc>. Aliases stand in the .cc files,
// so that no C header reaches one of ours.
#pragma once

#include <memory>

namespace havc {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    static_cast<void>(release(object));
  }
};

template <class T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

}  // namespace havc
