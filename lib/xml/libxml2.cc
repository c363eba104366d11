#include "xml/libxml2.h"

#include <dlfcn.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>

#include <string>

#include "base/error.h"
#include "base/text.h"

namespace havc::xml {

namespace {

constexpr char kReinstall[] = "install libxml2";

void* open_library() {
  void* const library = dlopen(HAVC_LIBXML2, RTLD_LAZY | RTLD_LOCAL);  // never closed
  if (library == nullptr) {
    throw Error(Fault::not_installed, std::string("cannot read XML: ") + dlerror(), kReinstall);
  }
  return library;
}

void* find(const char* name) {
  static void* const library = open_library();
  void* const found = dlsym(library, name);
  if (found == nullptr) {
    throw Error(Fault::not_installed,
                std::string("libxml2 has no ") + text::quote(name), kReinstall);
  }
  return found;
}

}  // namespace

void need_libxml2() { static_cast<void>(find("xmlNewParserCtxt")); }

void free_text(void* text) {
  static const auto* const release = static_cast<xmlFreeFunc*>(find("xmlFree"));
  (*release)(text);
}

}  // namespace havc::xml

// What libhavc uses of libxml2, under its own names: the linker takes these, and each goes on to the real one. Hidden, or they would
// stand before the real ones for libvirt, too.
#define HAVC_FORWARD(result, name, parameters, arguments)                                      \
  extern "C" __attribute__((visibility("hidden"))) result name parameters {                    \
    static auto* const real = reinterpret_cast<decltype(&::name)>(havc::xml::find(#name));     \
    return real arguments;                                                                     \
  }

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): its headers say cur and ctxt
HAVC_FORWARD(xmlParserCtxtPtr, xmlNewParserCtxt, (), ())
HAVC_FORWARD(void, xmlFreeParserCtxt, (xmlParserCtxtPtr parser), (parser))
HAVC_FORWARD(void, xmlStopParser, (xmlParserCtxtPtr parser), (parser))
HAVC_FORWARD(xmlDocPtr, xmlCtxtReadMemory,
             (xmlParserCtxtPtr parser, const char* text, int size, const char* url, const char* encoding, int options),
             (parser, text, size, url, encoding, options))
HAVC_FORWARD(xmlDocPtr, xmlReadMemory, (const char* text, int size, const char* url, const char* encoding, int options),
             (text, size, url, encoding, options))
HAVC_FORWARD(void, xmlFreeDoc, (xmlDocPtr document), (document))
HAVC_FORWARD(xmlNodePtr, xmlDocCopyNode, (xmlNodePtr node, xmlDocPtr document, int extent), (node, document, extent))
HAVC_FORWARD(xmlNodePtr, xmlDocGetRootElement, (const xmlDoc* document), (document))
HAVC_FORWARD(void, xmlDocDumpMemoryEnc, (xmlDocPtr document, xmlChar** text, int* size, const char* encoding),
             (document, text, size, encoding))
HAVC_FORWARD(int, xmlC14NDocDumpMemory,
             (xmlDocPtr document, xmlNodeSetPtr nodes, int mode, xmlChar** prefixes, int comments, xmlChar** text),
             (document, nodes, mode, prefixes, comments, text))
HAVC_FORWARD(xmlBufferPtr, xmlBufferCreate, (), ())
HAVC_FORWARD(void, xmlBufferFree, (xmlBufferPtr buffer), (buffer))
HAVC_FORWARD(const xmlChar*, xmlBufferContent, (const xmlBuffer* buffer), (buffer))
HAVC_FORWARD(int, xmlNodeDump, (xmlBufferPtr buffer, xmlDocPtr document, xmlNodePtr node, int level, int format),
             (buffer, document, node, level, format))
HAVC_FORWARD(xmlNodePtr, xmlNewChild, (xmlNodePtr parent, xmlNsPtr space, const xmlChar* name, const xmlChar* text),
             (parent, space, name, text))
HAVC_FORWARD(xmlNodePtr, xmlNewDocText, (const xmlDoc* document, const xmlChar* text), (document, text))
HAVC_FORWARD(xmlNsPtr, xmlNewNs, (xmlNodePtr node, const xmlChar* uri, const xmlChar* prefix), (node, uri, prefix))
HAVC_FORWARD(void, xmlSetNs, (xmlNodePtr node, xmlNsPtr space), (node, space))
HAVC_FORWARD(xmlAttrPtr, xmlNewProp, (xmlNodePtr node, const xmlChar* name, const xmlChar* value), (node, name, value))
HAVC_FORWARD(xmlNodePtr, xmlAddChild, (xmlNodePtr parent, xmlNodePtr child), (parent, child))
HAVC_FORWARD(xmlAttrPtr, xmlSetProp, (xmlNodePtr node, const xmlChar* name, const xmlChar* value), (node, name, value))
HAVC_FORWARD(int, xmlUnsetProp, (xmlNodePtr node, const xmlChar* name), (node, name))
HAVC_FORWARD(xmlNodePtr, xmlAddNextSibling, (xmlNodePtr node, xmlNodePtr next), (node, next))
HAVC_FORWARD(void, xmlDocDumpFormatMemoryEnc, (xmlDocPtr document, xmlChar** text, int* size, const char* encoding, int format),
             (document, text, size, encoding, format))
HAVC_FORWARD(void, xmlUnlinkNode, (xmlNodePtr node), (node))
HAVC_FORWARD(void, xmlFreeNode, (xmlNodePtr node), (node))
HAVC_FORWARD(int, xmlIsBlankNode, (const xmlNode* node), (node))
HAVC_FORWARD(xmlTextReaderPtr, xmlReaderForMemory,
             (const char* text, int size, const char* url, const char* encoding, int options),
             (text, size, url, encoding, options))
HAVC_FORWARD(void, xmlFreeTextReader, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(int, xmlTextReaderRead, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(int, xmlTextReaderNext, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(int, xmlTextReaderNodeType, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(int, xmlTextReaderDepth, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(xmlNodePtr, xmlTextReaderExpand, (xmlTextReaderPtr reader), (reader))
HAVC_FORWARD(unsigned long, xmlChildElementCount, (xmlNodePtr parent), (parent))
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
