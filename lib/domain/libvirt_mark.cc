#include "domain/libvirt_mark.h"

#include "base/text.h"
#include "domain/libvirt_domain.h"
#include "domain/libvirt_error.h"
#include "xml/document.h"
#include "xml/writer.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace havc::domain {

std::string config_of(virDomainPtr domain) {
  const LibvirtText metadata(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT,
                                                  kMarkNamespace.data(), VIR_DOMAIN_AFFECT_LIVE));
  if (!metadata) {
    const LibvirtFailure failure = last_failure();
    if (failure.code == VIR_ERR_NO_DOMAIN_METADATA || failure.code == VIR_ERR_NO_DOMAIN ||
        failure.code == VIR_ERR_OPERATION_INVALID) {
      return {};
    }
    // A connection that breaks here must not look like a domain of nobody.
    throw error_of(failure, "cannot read the metadata of " + text::quote(virDomainGetName(domain)));
  }
  return xml::Document::parse(metadata.get(), "metadata").root().attribute("config").value_or("");
}

void mark_on(virConnectPtr connection, const Identity& wanted, const Mark& mark) {
  const std::string doing = "cannot write the metadata of " + text::quote(wanted.name);
  const DomainHandle domain = require_domain(connection, wanted, doing);
  if (config_of(domain.get()) == mark.config) return;
  xml::Writer writer;  // libvirt adds prefix and namespace
  writer.empty(kMarkElement.local, {{"instance", mark.instance}, {"config", mark.config}});
  if (virDomainSetMetadata(domain.get(), VIR_DOMAIN_METADATA_ELEMENT, writer.text().c_str(),
                           kMarkElement.prefix.data(), kMarkElement.uri.data(),
                           VIR_DOMAIN_AFFECT_LIVE) != 0)
    throw failed_call(doing, connection);
}

}  // namespace havc::domain
