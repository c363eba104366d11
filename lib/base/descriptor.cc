#include "base/descriptor.h"

#include <poll.h>
#include <unistd.h>

namespace havc {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

void write_if_taken(int number, std::string_view text) noexcept {
  pollfd look{number, POLLOUT, 0};
  if (poll(&look, 1, 0) == 1) static_cast<void>(!write(number, text.data(), text.size()));
}

}  // namespace havc
