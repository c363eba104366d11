#include "fence/manual.h"

#include <fmt/format.h>

#include "fence/actions.h"
#include "fence/metadata.h"
#include "options/manual.h"
#include "stonith/info.h"
#include "stonith/manual.h"

namespace havc::fence {

namespace {

using options::page_item;
using options::page_section;
using options::roff;
using stonith::Face;
using stonith::Reach;

std::string parameters() {
  std::string text = page_section("PARAMETERS") +
                     roff(
                         "Each is an option of the command line, and with the name behind it a "
                         "name=value line of standard input and a parameter of the cluster's "
                         "configuration. Of several lines of a name the last one counts; unknown "
                         "names are ignored.") +
                     "\n";
  for (const auto& row : stonith::parameters(Face::fence)) {
    if (row.fence.reach == Reach::unlisted) continue;
    const bool option_alone = row.fence.reach != Reach::parameter;
    const std::string name(row.parameter.doc.name);
    text += stonith::manual_item(row, option_text(row) + (option_alone ? "" : "  (" + name + ")"));
  }
  return text;
}

std::string cluster() {
  return page_section("CLUSTER") +
         roff(
             "One device serves all nodes of its chassis, from any node. The cluster asks list "
             "whom it can fence, unless pcmk_host_list or pcmk_host_map tells. Where a node and "
             "its bay have different names, pcmk_host_map=\"node1:3;node2:4,5\" has the cluster "
             "give the bays as plug; host_map does the same here, and is also checked by "
             "validate-all. pcmk_off_timeout and pcmk_reboot_timeout (stonith-timeout, 60 s, "
             "unless set) have to be a few seconds longer than deadline and delay together. "
             "Another way to fence, for when the chassis cannot be reached, is a second level of "
             "the fencing topology.") +
         "\n";
}

std::string examples(const std::string& name) {
  return page_section("EXAMPLES") +
         options::page_example(
             {name + " --ip=chassis1.example.org --snmp-conf-path=/etc/havc/chassis -o list",
              name +
                  " --ip=chassis1.example.org --snmp-conf-path=/etc/havc/chassis -o off -n node1 "
                  "--explain",
              "pcs stonith create chassis1 " + name +
                  " ip=chassis1.example.org snmp_conf_path=/etc/havc/chassis",
              "crm configure primitive chassis1 stonith:" + name +
                  " params ip=chassis1.example.org snmp_conf_path=/etc/havc/chassis op monitor "
                  "interval=3600s timeout=20s"});
}

}  // namespace

std::string manual(const power::Chassis& chassis) {
  const std::string name = program_name(chassis);
  std::string page = options::page_begin(name, 8, HAVC_VERSION, "Fence agents");
  page += page_section("NAME") + fmt::format("{} \\- fence agent for {} chassis over SNMP\n",
                                             roff(name), roff(chassis.product));
  page += page_section("SYNOPSIS") + fmt::format(".B {}\n[\\fIoption\\fR ...]\n", roff(name));
  page += page_section("DESCRIPTION") + roff(stonith::description(chassis)) +
          roff(
              "Power is cut at once: the operating system is not asked. Without options, the "
              "parameters are read from standard input, as a cluster sends them.") +
          "\n";
  page += parameters();
  page += page_section("ACTIONS");
  for (const auto& action : action_docs()) page += page_item(action.name, roff(action.text));
  page += cluster();
  page += stonith::manual_of_credentials();
  page += page_section("EXIT STATUS") +
          roff(
              "0 when what was asked has been done and read back, or the plug is on; 2 when status "
              "reached the plug and it is off; otherwise 1, with one line on standard error that "
              "says why, and what to do. Success says nothing there.") +
          "\n";
  page += examples(name);
  return page + page_section("SEE ALSO") +
         fmt::format(
             ".BR {} (8),\n.BR stonith_admin (8),\n.BR pcs (8),\n.BR crm (8),\n.BR "
             "snmp.conf (5)\n",
             chassis.plugin);
}

}  // namespace havc::fence
