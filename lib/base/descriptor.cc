#include "base/descriptor.h"

#include <poll.h>

namespace havc {

void write_if_taken(int number, std::string_view text) noexcept {
  pollfd look{number, POLLOUT, 0};
  if (poll(&look, 1, 0) == 1) static_cast<void>(!write(number, text.data(), text.size()));
}

}  // namespace havc
