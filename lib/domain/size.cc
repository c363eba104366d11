#include "domain/size.h"

#include "base/text.h"

namespace havc::domain {

namespace {

std::uint64_t number_in(const std::optional<std::string>& text, std::uint64_t most) {
  return text ? text::number(text::trim(*text), most).value_or(0) : 0;
}

}  // namespace

Size size_of(const xml::Element& domain) {
  Size size;
  if (const auto vcpu = domain.child("vcpu")) {
    // Of those that could be plugged in, as many are there.
    const auto current = vcpu->attribute("current");
    size.vcpus = static_cast<int>(number_in(current ? current : vcpu->text(), INT32_MAX));
  }
  const auto memory = domain.child("memory");
  if (memory && memory->attribute("unit").value_or("KiB") == "KiB") size.memory_kib = number_in(memory->text(), INT64_MAX);
  return size;
}

}  // namespace havc::domain
