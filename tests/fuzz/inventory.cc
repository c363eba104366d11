// The administrator's files: cluster.toml, a virtual machine's, and a template, separated by lines
// of "----".

#include "inventory/conflicts.h"
#include "inventory/read.h"
#include "inventory/render.h"
#include "inventory/template.h"
#include "targets.h"
#include "xml/document.h"

namespace {

std::string next_part(std::string& rest) {
  const std::string kSeparator = "\n----\n";
  const auto end = rest.find(kSeparator);
  std::string part = rest.substr(0, end);
  rest = end == std::string::npos ? "" : rest.substr(end + kSeparator.size());
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace havc;
  std::string rest = fuzz::text_of(data, size);
  const std::string cluster_text = next_part(rest);
  const std::string vm_text = next_part(rest);
  std::vector<Error> problems;
  const auto cluster = inventory::read_cluster(cluster_text, "cluster.toml", problems);
  auto vm = cluster ? inventory::read_vm(vm_text, "WEB-01.toml", *cluster, problems) : std::nullopt;
  if (!vm && problems.empty()) __builtin_trap();  // what is refused is refused for a reason
  inventory::Values values{{"VM_FQN", "a"}, {"EMAIL", "%{VM_FQN}<&>"}};
  if (vm) {
    if (!inventory::Mac::parse(vm->identity.mac.text())) __builtin_trap();
    if (vm->disks.empty() || vm->identity.fqn.find('/') != std::string::npos) __builtin_trap();
    static_cast<void>(inventory::conflicts({*cluster, {*vm, *vm}}));
    values = inventory::values_of(*vm, *cluster);
  }
  return fuzz::refused_or_done([&] {
    const std::string filled = inventory::Template(rest, "t.xml").fill(values);
    static_cast<void>(xml::Document::parse(filled, "filled"));
  });
}
