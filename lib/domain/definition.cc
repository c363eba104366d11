#include "domain/definition.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/worker.h"
#include "xml/document.h"
#include "xml/edit.h"

namespace havc::domain {

namespace {

constexpr const char* kRestore = "restore it, or correct 'config'";

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error(Fault::unusable_here, text::quote(path) + " " + why, kRestore);
}

std::string name_in(const xml::Element& root, const std::string& path) {
  std::vector<std::string> names;
  for (const auto& element : root.children("name")) {
    if (element.namespace_uri().empty()) names.push_back(element.text());
  }
  if (names.empty()) refuse(path, "has no <name> in its <domain>");
  if (names.size() > 1) refuse(path, "has more than one <name> in its <domain>");
  const std::string& name = names.front();
  if (text::trim(name).empty()) refuse(path, "has an empty <name>");
  // libvirt makes file names of it (virDomainDefPostParse refuses both).
  if (name.find_first_of("/\n") != std::string::npos)
    refuse(path, "has a <name> with a slash or a line end");
  return name;
}

// As virUUIDParse reads it: hyphens anywhere, blanks around.
std::string uuid_in(const xml::Element& root, const std::string& path) {
  const auto element = root.child("uuid");
  if (!element) return {};
  std::string digits = text::lower(text::trim(element->text()));
  digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
  constexpr std::size_t kDigits = 32;
  if (digits.size() != kDigits ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    refuse(path, "has a bad <uuid>");
  }
  for (const std::size_t hyphen : {20U, 16U, 12U, 8U}) digits.insert(hyphen, "-");
  return digits;
}

}  // namespace

Definition parse_definition(std::string xml, const std::string& path) {
  if (text::trim(xml).empty()) refuse(path, "is empty");
  const auto document = xml::Document::parse(xml, path);
  const auto root = document.root();
  if (root.name() != "domain" || !root.namespace_uri().empty()) {
    refuse(path, "defines no domain: its root is <" + std::string(root.name()) + ">");
  }
  const std::string type = root.attribute("type").value_or("");
  if (type != "kvm" && type != "qemu")
    refuse(path, "has domain type " + text::quote(type) + ", not kvm or qemu");
  Identity identity{name_in(root, path), uuid_in(root, path)};
  return {std::move(identity), path, std::move(xml)};
}

Definition read_definition(const std::string& path, Deadline deadline) {
  try {
    const auto read = [path] { return read_file(path, kLargestDefinition); };
    return parse_definition(file_system_of(path).run(read, deadline), path);
  } catch (const Error& error) {
    if (!error.remedy().empty()) throw;
    throw Error(error.fault(), error.problem(), kRestore);
  }
}

std::string with_metadata(const std::string& xml, const Mark& mark) {
  return xml::with_element(xml, "metadata", kMarkElement,
                           {{"instance", mark.instance}, {"config", mark.config}});
}

std::string with_uuid(const std::string& xml, const std::string& uuid) {
  return xml::with_text(xml, "uuid", uuid);
}

std::string without_metadata(const std::string& xml) {
  return xml::without_elements(xml, "metadata", kMarkNamespace);
}

}  // namespace havc::domain
