#include "havc/commands.h"

#include <array>

namespace havc::cli {

std::span<const Command* const> commands() {
  static const std::array kAll{
      &kCheck,
  };
  return kAll;
}

}  // namespace havc::cli
