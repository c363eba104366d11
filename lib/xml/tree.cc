#include "xml/tree.h"

#include <libxml/tree.h>

#include <algorithm>

#include "base/error.h"
#include "base/handle.h"
#include "xml/libxml2.h"

namespace havc::xml {

namespace {

using TextHandle = Handle<xmlChar, free_text>;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// What a Tree hands out may be changed: its document is nobody else's.
xmlNode* node_of(const void* pointer) {
  return static_cast<xmlNode*>(const_cast<void*>(pointer));
}

const xmlChar* ended(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

template <class T>
T* required(T* object) {
  if (object == nullptr) throw Error(Fault::failed, "libxml2 has no memory for a document");
  return object;
}

std::string_view value_of(const xmlAttr* attribute) {
  return attribute->children == nullptr ? std::string_view() : view(attribute->children->content);
}

bool is_text(const xmlNode* node) {
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

xmlNode* copy_of(const void* original, xmlNode* place) {
  return required(xmlDocCopyNode(node_of(original), place->doc, 1));
}

// Text directly in an element, unless it is blank.
std::string own_text(const xmlNode* element) {
  std::string text;
  for (const xmlNode* node = element->children; node != nullptr; node = node->next) {
    if (is_text(node) && xmlIsBlankNode(node) == 0) text += view(node->content);
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> Node::attributes() const {
  std::vector<std::pair<std::string, std::string>> result;
  for (const xmlAttr* each = node_of(node_)->properties; each != nullptr; each = each->next)
    result.emplace_back(view(each->name), value_of(each));
  return result;
}

bool Node::set(std::string_view name, std::string_view value) {
  if (attribute(name) == value) return false;
  required(xmlSetProp(node_of(node_), ended(std::string(name)), ended(std::string(value))));
  return true;
}

bool Node::unset(std::string_view name) {
  return xmlUnsetProp(node_of(node_), ended(std::string(name))) == 0;
}

std::optional<Node> Node::parent() const {
  const xmlNode* const above = node_of(node_)->parent;
  if (above == nullptr || above->type != XML_ELEMENT_NODE) return {};
  return Node(above);
}

std::optional<Node> Node::child(std::string_view name) const {
  for (const xmlNode* node = node_of(node_)->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && view(node->name) == name) return Node(node);
  }
  return {};
}

std::vector<Node> Node::children(std::string_view name) const {
  std::vector<Node> result;
  for (const xmlNode* node = node_of(node_)->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE && (name.empty() || view(node->name) == name))
      result.push_back(Node(node));
  }
  return result;
}

Node Node::add(std::string_view name) {
  return Node(required(xmlNewChild(node_of(node_), nullptr, ended(std::string(name)), nullptr)));
}

Node Node::add(const Element& original) {
  xmlNode* const place = node_of(node_);
  return Node(required(xmlAddChild(place, copy_of(original.node_, place))));
}

Node Node::replace(const Node& original) {
  xmlNode* const place = node_of(node_);
  xmlNode* const copy = required(xmlAddNextSibling(place, copy_of(original.node_, place)));
  remove();
  return Node(copy);
}

void Node::remove() {
  xmlUnlinkNode(node_of(node_));
  xmlFreeNode(node_of(node_));
  node_ = nullptr;
}

bool Node::says_the_same(const Node& other) const {
  if (name() != other.name() || namespace_uri() != other.namespace_uri()) return false;
  auto mine = attributes();
  auto theirs = other.attributes();
  std::sort(mine.begin(), mine.end());
  std::sort(theirs.begin(), theirs.end());
  if (mine != theirs || own_text(node_of(node_)) != own_text(node_of(other.node_))) return false;
  const auto left = children();
  const auto right = other.children();  // the parser limits the depth to 256
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Node& one, const Node& two) { return one.says_the_same(two); });
}

Tree Tree::parse(std::string_view text, const std::string& name) {
  return Tree(Document::parse(text, name));
}

Node Tree::root() const {
  return Node(document_.root().node_);
}

std::string Tree::text() {
  xmlNode* const root = node_of(document_.root().node_);
  remove_indentation(root);
  xmlChar* text = nullptr;
  int size = 0;
  xmlDocDumpFormatMemoryEnc(root->doc, &text, &size, "UTF-8", 1);
  const TextHandle owner(required(text));
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

// An element that has elements has no text that matters in between. The parser limits the depth to
// 256.
void remove_indentation(void* element) {
  auto* const parent = static_cast<xmlNode*>(element);
  if (xmlChildElementCount(parent) == 0) return;
  for (xmlNode* node = parent->children; node != nullptr;) {
    xmlNode* next = node->next;
    if (node->type == XML_ELEMENT_NODE) remove_indentation(node);
    if (node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 1) {
      xmlUnlinkNode(node);
      xmlFreeNode(node);
    }
    node = next;
  }
}

}  // namespace havc::xml
