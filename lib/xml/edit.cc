#include "xml/edit.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/error.h"
#include "base/handle.h"
#include "xml/document.h"
#include "xml/libxml2.h"
#include "xml/tree.h"

namespace havc::xml {

namespace {

using DocumentHandle = Handle<xmlDoc, xmlFreeDoc>;

using TextHandle = Handle<xmlChar, free_text>;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// libxml2 wants ended strings; a view need not be one.
class Text {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  operator const xmlChar*() const {  // NOLINT: stands for the C type
    return reinterpret_cast<const xmlChar*>(text_.c_str());
  }

 private:
  std::string text_;
};

template <class T>
T* required(T* object) {
  if (object == nullptr) throw Error(Fault::failed, "libxml2 has no memory for a document");
  return object;
}

xmlNode* child_of(xmlNode* root, std::string_view name) {
  for (xmlNode* node = root->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && node->ns == nullptr && view(node->name) == name)
      return node;
  }
  return nullptr;
}

xmlNode* child_or_new(xmlNode* root, std::string_view name) {
  xmlNode* child = child_of(root, name);
  return child != nullptr ? child : required(xmlNewChild(root, nullptr, Text(name), nullptr));
}

void remove_namespace(xmlNode* parent, std::string_view uri) {
  for (xmlNode* node = parent->children; node != nullptr;) {
    xmlNode* next = node->next;
    if (node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == uri) {
      xmlUnlinkNode(node);
      xmlFreeNode(node);
    }
    node = next;
  }
}

DocumentHandle read(std::string_view document) {
  static_cast<void>(Document::parse(document, "the document"));  // the checks are there
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
  return DocumentHandle(required(xmlReadMemory(
      document.data(), static_cast<int>(document.size()), nullptr, nullptr, kOptions)));
}

std::string dump(xmlDoc* tree) {
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpMemoryEnc(tree, &text, &size, "UTF-8");
  const TextHandle owner(required(text));
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

void remove(xmlNode* node) {
  xmlUnlinkNode(node);
  xmlFreeNode(node);
}

}  // namespace

std::string with_element(std::string_view document, std::string_view parent,
                         const QualifiedName& name, Attributes attributes) {
  const DocumentHandle tree = read(document);
  xmlNode* place = child_or_new(xmlDocGetRootElement(tree.get()), parent);
  remove_namespace(place, name.uri);
  xmlNode* element = required(xmlNewChild(place, nullptr, Text(name.local), nullptr));
  xmlSetNs(element, required(xmlNewNs(element, Text(name.uri), Text(name.prefix))));
  for (const auto& [key, value] : attributes) required(xmlNewProp(element, Text(key), Text(value)));
  return dump(tree.get());
}

std::string with_markup(std::string_view document, std::string_view parent, std::string_view markup) {
  const DocumentHandle tree = read(document);
  const DocumentHandle source = read(markup);
  xmlNode* const element = xmlDocGetRootElement(source.get());
  if (element->ns == nullptr) throw Error(Fault::failed, "an element to be put into a document has no namespace");
  xmlNode* place = child_or_new(xmlDocGetRootElement(tree.get()), parent);
  remove_namespace(place, view(element->ns->href));
  xmlAddChild(place, required(xmlDocCopyNode(element, tree.get(), 1)));
  return dump(tree.get());
}

std::string with_text(std::string_view document, std::string_view name, std::string_view text) {
  const DocumentHandle tree = read(document);
  xmlNode* place = child_or_new(xmlDocGetRootElement(tree.get()), name);
  while (place->children != nullptr) {
    xmlNode* child = place->children;
    xmlUnlinkNode(child);
    xmlFreeNode(child);
  }
  xmlAddChild(place, required(xmlNewDocText(tree.get(), Text(text))));
  return dump(tree.get());
}

std::string without_elements(std::string_view document, std::string_view parent, std::string_view uri) {
  const DocumentHandle tree = read(document);
  xmlNode* place = child_of(xmlDocGetRootElement(tree.get()), parent);
  if (place != nullptr) {
    remove_namespace(place, uri);
    if (xmlChildElementCount(place) == 0) remove(place);
  }
  return dump(tree.get());
}

std::string canonical(std::string_view document) {
  const DocumentHandle tree = read(document);
  remove_indentation(xmlDocGetRootElement(tree.get()));
  xmlChar* text = nullptr;
  const int size = xmlC14NDocDumpMemory(tree.get(), nullptr, XML_C14N_1_0, nullptr, 0, &text);
  const TextHandle owner(text);
  if (size < 0) throw Error(Fault::failed, "libxml2 cannot make a document canonical");
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

}  // namespace havc::xml
