#include "snmp/request.h"

namespace havc::snmp {

std::optional<std::int64_t> number(const Value& value) {
  const auto* found = std::get_if<std::int64_t>(&value);
  return found != nullptr ? std::optional(*found) : std::nullopt;
}

std::string text(const Value& value) {
  const auto* found = std::get_if<std::string>(&value);
  return found != nullptr ? found->substr(0, found->find('\0')) : std::string();
}

const std::vector<Binding>& Reply::value() const {
  if (error) throw Error(*error);
  return bindings;
}

std::vector<Value> Reply::values() const {
  std::vector<Value> values;
  for (const auto& binding : value()) values.push_back(binding.value);
  return values;
}

}  // namespace havc::snmp
