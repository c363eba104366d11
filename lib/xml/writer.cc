#include "xml/writer.h"

#include "base/error.h"
#include "base/handle.h"

#include <libxml/xmlwriter.h>

namespace havc::xml {

namespace {

using BufferHandle = Handle<xmlBuffer, xmlBufferFree>;
using WriterHandle = Handle<xmlTextWriter, xmlFreeTextWriter>;

// libxml2 takes zero-terminated text only.
class Chars {
 public:
  explicit Chars(std::string_view text) : text_(text) {}
  const xmlChar* get() const { return reinterpret_cast<const xmlChar*>(text_.c_str()); }

 private:
  std::string text_;
};

void check(int result) {
  if (result < 0) throw Error(Fault::failed, "libxml2 cannot write XML");
}

}  // namespace

struct Writer::State {
  BufferHandle buffer;
  WriterHandle writer;
};

Writer::Writer() : state_(std::make_unique<State>()) {
  state_->buffer.reset(xmlBufferCreate());
  state_->writer.reset(xmlNewTextWriterMemory(state_->buffer.get(), 0));
  if (!state_->writer) throw Error(Fault::failed, "libxml2 has no memory for a writer");
  check(xmlTextWriterSetIndent(state_->writer.get(), 1));
  check(xmlTextWriterSetIndentString(state_->writer.get(), Chars("  ").get()));
}

Writer::~Writer() = default;

void Writer::declaration() { check(xmlTextWriterStartDocument(state_->writer.get(), "1.0", nullptr, nullptr)); }

void Writer::document_type(std::string_view root, std::string_view internal_subset) {
  check(xmlTextWriterWriteDTD(state_->writer.get(), Chars(root).get(), nullptr, nullptr, Chars(internal_subset).get()));
}

void Writer::begin(std::string_view name, Attributes attributes) {
  check(xmlTextWriterStartElement(state_->writer.get(), Chars(name).get()));
  for (const auto& [key, value] : attributes) attribute(key, value);
}

void Writer::end() { static_cast<void>(xmlTextWriterEndElement(state_->writer.get())); }

void Writer::attribute(std::string_view name, std::string_view value) {
  check(xmlTextWriterWriteAttribute(state_->writer.get(), Chars(name).get(), Chars(value).get()));
}

Writer::Element Writer::element(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  return Element(*this);
}

void Writer::empty(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  end();
}

void Writer::leaf(std::string_view name, std::string_view text, Attributes attributes) {
  begin(name, attributes);
  check(xmlTextWriterWriteString(state_->writer.get(), Chars(text).get()));
  end();
}

std::string Writer::text() const {
  check(xmlTextWriterFlush(state_->writer.get()));
  return reinterpret_cast<const char*>(xmlBufferContent(state_->buffer.get()));
}

}  // namespace havc::xml
