#include "chassis/option_docs.h"

#include "base/text.h"

#include <CLI/CLI.hpp>

namespace havc::chassis {

std::vector<OptionDoc> docs_of(const CLI::App& app) {
  std::vector<OptionDoc> docs;
  for (const CLI::Option* option : app.get_options()) {
    OptionDoc doc;
    doc.names = text::join(text::split(option->get_name(false, true), ","), ", ");
    if (option->get_items_expected_max() > 0) {
      const std::string type = option->get_type_name();  // "MS:INT in [0 - 9]"
      doc.value = type.substr(0, type.find(':'));
      doc.repeated = option->get_items_expected_max() > 1;
    }
    doc.text = option->get_description();
    doc.fallback = option->get_default_str();
    docs.push_back(std::move(doc));
  }
  return docs;
}

}  // namespace havc::chassis
