#include "xml/document.h"

#include "base/error.h"
#include "base/handle.h"
#include "base/text.h"
#include "xml/libxml2.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

namespace havc::xml {

namespace {

using DocumentHandle = Handle<xmlDoc, xmlFreeDoc>;
using ParserHandle = Handle<xmlParserCtxt, xmlFreeParserCtxt>;

const xmlNode* node_of(const void* pointer) { return static_cast<const xmlNode*>(pointer); }

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void refuse_document_type(void* context, const xmlChar* /*name*/, const xmlChar* /*external*/,
                          const xmlChar* /*system*/) {
  auto* parser = static_cast<xmlParserCtxt*>(context);
  parser->_private = parser;  // the mark that parse() looks for
  xmlStopParser(parser);
}

Error refusal(const xmlParserCtxt& parser, const std::string& name) {
  constexpr const char* kRemedy = "correct the file or restore it from a copy";
  if (parser._private != nullptr) {
    return {Fault::unusable_here, text::quote(name) + " declares a document type, which is not allowed", kRemedy};
  }
  const std::string words(text::trim(view(reinterpret_cast<const xmlChar*>(parser.lastError.message))));
  return {Fault::unusable_here,
          text::quote(name) + " is not XML: line " + std::to_string(parser.lastError.line) + ": " +
              (words.empty() ? "no content" : words),
          kRemedy};
}

void append_text(const xmlNode* parent, std::string& into) {
  for (const xmlNode* node = parent->children; node != nullptr; node = node->next) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) into += view(node->content);
    if (node->type == XML_ELEMENT_NODE) append_text(node, into);  // depth is limited by the parser: 256
  }
}

}  // namespace

struct Document::Tree {
  DocumentHandle handle;
};

Document Document::parse(std::string_view text, const std::string& name) {
  need_libxml2();
  const ParserHandle parser(xmlNewParserCtxt());
  if (!parser) throw Error(Fault::failed, "libxml2 has no memory for a parser");
  parser->sax->internalSubset = refuse_document_type;
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  DocumentHandle handle(xmlCtxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()), nullptr,
                                          nullptr, kOptions));
  if (!handle || parser->wellFormed == 0 || parser->_private != nullptr ||
      xmlDocGetRootElement(handle.get()) == nullptr) {
    throw refusal(*parser, name);
  }
  return Document(std::make_unique<Tree>(Tree{std::move(handle)}));
}

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&& other) noexcept = default;
Document::~Document() = default;

Element Document::root() const { return Element(xmlDocGetRootElement(tree_->handle.get())); }

std::string_view Element::name() const { return view(node_of(node_)->name); }

std::string_view Element::namespace_uri() const {
  const xmlNs* space = node_of(node_)->ns;
  return space == nullptr ? std::string_view() : view(space->href);
}

static std::string with_prefix(const xmlNs* space, const xmlChar* name) {
  const bool has_prefix = space != nullptr && space->prefix != nullptr;
  return (has_prefix ? std::string(view(space->prefix)) + ":" : std::string()) + std::string(view(name));
}

std::string Element::qualified_name() const { return with_prefix(node_of(node_)->ns, node_of(node_)->name); }

std::vector<std::pair<std::string, std::string>> Element::all_attributes() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const xmlNs* space = node_of(node_)->nsDef; space != nullptr; space = space->next) {
    const std::string prefix(view(space->prefix));
    all.emplace_back(prefix.empty() ? "xmlns" : "xmlns:" + prefix, view(space->href));
  }
  for (const xmlAttr* attribute = node_of(node_)->properties; attribute != nullptr; attribute = attribute->next) {
    std::string value;
    for (const xmlNode* part = attribute->children; part != nullptr; part = part->next) value += view(part->content);
    all.emplace_back(with_prefix(attribute->ns, attribute->name), std::move(value));
  }
  return all;
}

int Element::line() const { return node_of(node_)->line; }

std::string Element::markup() const {
  const Handle<xmlBuffer, xmlBufferFree> buffer(xmlBufferCreate());
  auto* node = const_cast<xmlNode*>(node_of(node_));  // libxml2 asks for it, and changes nothing
  if (!buffer || xmlNodeDump(buffer.get(), node->doc, node, 0, 0) < 0) {
    throw Error(Fault::failed, "libxml2 has no memory for an element");
  }
  return std::string(view(xmlBufferContent(buffer.get())));
}

std::string Element::text() const {
  std::string result;
  append_text(node_of(node_), result);
  return result;
}

std::optional<std::string> Element::attribute(std::string_view name) const {
  for (const xmlAttr* attribute = node_of(node_)->properties; attribute != nullptr; attribute = attribute->next) {
    if (view(attribute->name) == name) {
      return attribute->children == nullptr ? std::string() : std::string(view(attribute->children->content));
    }
  }
  return {};
}

std::vector<Element> Element::children(std::string_view name) const {
  std::vector<Element> result;
  for (const xmlNode* node = node_of(node_)->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && (name.empty() || view(node->name) == name)) result.push_back(Element(node));
  }
  return result;
}

std::optional<Element> Element::child(std::string_view name) const {
  for (const xmlNode* node = node_of(node_)->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && view(node->name) == name) return Element(node);
  }
  return {};
}

}  // namespace havc::xml
