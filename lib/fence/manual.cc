#include "fence/manual.h"

#include <fmt/format.h>

#include "fence/actions.h"
#include "fence/metadata.h"
#include "options/manual.h"
#include "stonith/info.h"
#include "stonith/manual.h"

namespace havc::fence {

namespace {

using options::page_example;
using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;
using stonith::Face;
using stonith::Reach;

std::string parameters() {
  std::string text = page_paragraph(
      "Each is an option of the command line, and with the name behind it a "
      "name=value line of standard input and a parameter of the cluster's "
      "configuration. Of several lines of a name the last one counts; a name that "
      "is not listed here is ignored, with a warning of validate-all and of "
      "monitor.");
  for (const auto& row : stonith::parameters(Face::fence)) {
    if (row.fence.reach == Reach::unlisted) continue;
    const bool option_alone = row.fence.reach != Reach::parameter;
    const std::string name(row.parameter.doc.name);
    text += stonith::manual_item(row, option_text(row) + (option_alone ? "" : "  (" + name + ")"));
  }
  return page_section("PARAMETERS", text);
}

std::string cluster() {
  return page_section(
      "CLUSTER",
      page_paragraph("One device serves all nodes of its chassis, from any node. The cluster asks "
                     "list whom it can fence, unless pcmk_host_list or pcmk_host_map tells.") +
          page_paragraph("Where a node and its bay have different names, "
                         "pcmk_host_map=\"node1:3;node2:4,5\" has the cluster give the bays as "
                         "plug; host_map does the same here, and is also checked by "
                         "validate-all.") +
          page_paragraph("pcmk_off_timeout and pcmk_reboot_timeout (stonith-timeout, 60 s, unless "
                         "set) have to be a few seconds longer than deadline and delay "
                         "together.") +
          page_paragraph("Another way to fence, for when the chassis cannot be reached, is a "
                         "second level of the fencing topology."));
}

std::string examples(const std::string& name) {
  const std::string alone = name + " --ip=chassis1.example.org \\";
  const std::string device = "ip=chassis1.example.org snmp_conf_path=/etc/havc/chassis";
  return page_section(
      "EXAMPLES",
      page_example("The bays and their hosts; nothing is switched:",
                   {alone, "  --snmp-conf-path=/etc/havc/chassis -o list"}) +
          page_example("What an off would do:",
                       {alone, "  --snmp-conf-path=/etc/havc/chassis -o off -n node1 --explain"}) +
          page_example("The device of a cluster, with pcs:",
                       {"pcs stonith create chassis1 " + name + " \\", "  " + device + " \\",
                        "  op monitor interval=3600s timeout=20s"}) +
          page_example("With crmsh:",
                       {"crm configure primitive chassis1 stonith:" + name + " \\",
                        "  params " + device + " \\", "  op monitor interval=3600s timeout=20s"}));
}

std::string exit_status() {
  return page_section(
      "EXIT STATUS",
      page_item("0", roff("What was asked has been done and read back; of status: the plug is on. "
                          "Nothing is said on standard error, but for warnings of "
                          "validate-all.")) +
          page_item("2", roff("Of status: the plug was reached and is off.")) +
          page_item("1", roff("Anything else; one line on standard error says why, and what to "
                              "do.")));
}

}  // namespace

std::string manual(const power::Chassis& chassis, std::string_view date) {
  const std::string name = program_name(chassis);
  std::string page =
      options::page_begin({name, 8, HAVC_VERSION, date, "Fence agents"},
                          "havc's fence agent for " + std::string(chassis.product) +
                              " chassis over SNMP");
  page += page_section("SYNOPSIS", fmt::format(".B {}\n[\\fIoption\\fR ...]\n", name));
  page += page_section(
      "DESCRIPTION",
      page_paragraph(stonith::description(chassis)) +
          page_paragraph("Power is cut at once: the operating system is not asked. Without "
                         "options, the parameters are read from standard input, as a cluster "
                         "sends them."));
  std::string actions;
  for (const auto& action : action_docs()) actions += page_item(action.name, roff(action.text));
  page += parameters() + page_section("ACTIONS", actions) + cluster();
  page += stonith::manual_of_both() + exit_status() + examples(name);
  return page + options::page_see_also({std::string(chassis.plugin) + "(8)", "stonith_admin(8)",
                                        "pcs(8)", "crm(8)", "snmp.conf(5)"});
}

}  // namespace havc::fence
