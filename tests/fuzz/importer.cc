// Files of other systems: shell assignments, raw arguments of QEMU, pieces of XML; separated by
// lines of "----".

#include "importer/assignments.h"
#include "importer/domain.h"
#include "importer/fragment.h"
#include "importer/qemu_arguments.h"
#include "targets.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  std::string rest = fuzz::text_of(data, size);
  const std::string kSeparator = "\n----\n";
  const auto end = std::min(rest.find(kSeparator), rest.size());
  const std::string first = rest.substr(0, end);
  rest = end == rest.size() ? "" : rest.substr(end + kSeparator.size());
  fuzz::refused_or_done([&] { static_cast<void>(importer::Assignments(first, "f").all()); });
  fuzz::refused_or_done([&] { static_cast<void>(importer::read_qemu_arguments(first)); });
  fuzz::refused_or_done([&] {
    inventory::Vm vm;
    importer::Notes notes;
    importer::take_resource(rest, "r.xml", vm, notes);
    importer::take_constraint(rest, "c.xml", vm, notes);
  });
  return fuzz::refused_or_done([&] {
    const auto domain = importer::plain_domain(rest, "d.xml");
    static_cast<void>(importer::facts_of(domain, "d.xml"));
    static_cast<void>(importer::template_of(domain, {}, {}));
    if (!importer::same_domain(rest, rest)) __builtin_trap();
  });
}
