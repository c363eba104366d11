#include "xml/split.h"

#include <libxml/xmlreader.h>

#include "base/error.h"
#include "base/handle.h"
#include "base/text.h"
#include "xml/libxml2.h"

namespace havc::xml {

namespace {

using ReaderHandle = Handle<xmlTextReader, xmlFreeTextReader>;

/// The bounds of what looks like the last child of the root; nothing when nothing does.
std::string_view last_child(std::string_view text, std::string_view child) {
  const std::string begin = "<" + std::string(child) + ">";
  const std::string end = "</" + std::string(child) + ">";
  const auto closing = text.rfind(end);
  const auto opening = text.rfind(begin, closing);
  if (closing == std::string_view::npos || opening == std::string_view::npos) return {};
  const auto behind = text::trim(text.substr(closing + end.size()));
  // One tag alone behind it: were this in a comment or in another element, that would not end.
  const bool last = behind.starts_with("</") && behind.find('>') == behind.size() - 1;
  return last ? text.substr(opening, closing + end.size() - opening) : std::string_view();
}

}  // namespace

Split parse_split(std::string_view text, std::string_view child, const std::string& name,
                  std::size_t least) {
  const std::string_view part = last_child(text, child);
  if (!part.empty() && part.size() >= least) {
    const auto begin = static_cast<std::size_t>(part.data() - text.data());
    std::string rest(text.substr(0, begin));
    rest += "<" + std::string(child) + "/>";
    rest += text.substr(begin + part.size());
    try {
      Document document = Document::parse(rest, name);
      const auto place = document.root().child(child);
      if (place && place->children().empty()) return {std::move(document), part};
    } catch (const Error&) {  // the whole says why, or is well-formed
    }
  }
  return {Document::parse(text, name)};
}

void each_child(std::string_view text, std::string_view child, const std::string& name,
                const std::function<void(const Element&)>& call) {
  need_libxml2();
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  const ReaderHandle reader(
      xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, kOptions));
  if (!reader) throw Error(Fault::failed, "libxml2 has no memory for a parser");
  int more = xmlTextReaderRead(reader.get());
  while (more == 1) {
    const bool begins = xmlTextReaderNodeType(reader.get()) == XML_READER_TYPE_ELEMENT;
    if (!begins || xmlTextReaderDepth(reader.get()) != 1) {
      more = xmlTextReaderRead(reader.get());
      continue;
    }
    const xmlNode* const node = xmlTextReaderExpand(reader.get());
    if (node == nullptr) break;
    const Element element(node);
    if (child.empty() || element.name() == child) call(element);
    more = xmlTextReaderNext(reader.get());
  }
  if (more == 0) return;
  static_cast<void>(Document::parse(text, name));  // says where and why
  throw Error(Fault::failed, text::quote(name) + " cannot be read piece by piece");
}

}  // namespace havc::xml
