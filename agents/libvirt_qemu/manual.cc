#include "libvirt_qemu/manual.h"

#include <utility>

#include "libvirt_qemu/agent.h"
#include "ocf/manual.h"
#include "options/manual.h"

namespace havc::libvirt_qemu {

namespace {

using options::page_example;
using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;

constexpr std::string_view kProvider = "havc";
constexpr std::string_view kParametersShown = "config=/srv/vm/vm1.xml migration_transport=ssh";

using Row = std::pair<std::string_view, std::string_view>;

constexpr Row kEnvironment[]{
    {"OCF_RESKEY_NAME", "Parameter NAME."},
    {"OCF_CHECK_LEVEL", "Of monitor: 10 asks libvirt and QEMU, too; 20 also fails when the guest agent is silent. Of validate-all: 10 looks at this node, too."},
    {"OCF_TRACE_RA, OCF_TRACE_FILE", "1 traces the action, as parameter trace_ra does; a file in place of the one below trace_dir."},
    {"HA_LOGFACILITY, HA_LOGFILE, HA_DEBUGLOG, HA_debug", "Where the log goes, as for other agents. On a terminal it goes there alone."},
    {"HA_RSCTMP", "Folder of what the agent notes about the machine until the next boot; /run/resource-agents unless set."},
};

constexpr Row kFiles[]{
    {"/usr/share/havc", "Templates and examples: domain, resource, constraints, cluster options, network, firewall."},
    {"/run/libvirt/qemu/NAME.xml, NAME.pid", "What libvirt says of a machine that runs; a healthy monitor reads this and the process, and nothing else."},
    {"/run/resource-agents/RESOURCE.*", "What the agent has noted."},
    {"/run/systemd/system/resource-agents-deps.target.d/99-havc-libvirt.conf",
     "Has the cluster end its machines before libvirt ends at a shutdown; written by start."},
    {"/var/lib/heartbeat/trace_ra/LibvirtQemu", "Traces, each call to libvirt with its duration."},
};

template <std::size_t size>
std::string items(const Row (&rows)[size]) {
  std::string text;
  for (const auto& [name, meaning] : rows) text += page_item(name, roff(meaning));
  return text;
}

std::string examples(const ocf::Agent& agent) {
  const std::string resource = "ocf:" + std::string(kProvider) + ":" + std::string(agent.doc.name);
  return page_section(
      "EXAMPLES",
      page_example("A machine that moves alive to other hosts, with crmsh:", ocf::crm_example(agent, kProvider, kParametersShown)) +
          page_example("The same with pcs, which takes the operations from the meta-data:",
                       {"pcs resource create vm1 " + resource + " \\", "  " + std::string(kParametersShown) + " \\", "  meta allow-migrate=true"}) +
          page_paragraph("When a migration fails, the cluster stops the machine and starts it anew. With on-fail=block behind migrate_to it goes on "
                         "where it is until somebody cleans up.") +
          page_example("Is all right on this node? It says nothing, or all that is wrong:",
                       {"OCF_CHECK_LEVEL=10 OCF_RESKEY_config=/srv/vm/vm1.xml \\", "  /usr/lib/ocf/resource.d/havc/LibvirtQemu validate-all"}) +
          page_example("What does it do? The machine runs on, unlike with crm resource trace vm1 start. Look below trace_ra; end it with --delete-parameter trace_ra:",
                       {"crm_resource --resource vm1 --set-parameter trace_ra --parameter-value 1"}));
}

}  // namespace

std::string manual(std::string_view date) {
  const auto agent = make_agent();
  return ocf::manual(agent, kProvider, date,
                     page_section("ENVIRONMENT", items(kEnvironment)) + page_section("FILES", items(kFiles)) + examples(agent) +
                         options::page_see_also({"crm(8)", "pcs(8)", "crm_mon(8)", "virsh(1)", "fence_ibmbc(8)", "fence_ibmfx(8)"}));
}

}  // namespace havc::libvirt_qemu
