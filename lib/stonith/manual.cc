#include "stonith/manual.h"

#include <fmt/format.h>

#include "options/manual.h"
#include "stonith/info.h"
#include "stonith/run.h"

namespace havc::stonith {

namespace {

using options::page_item;
using options::page_section;
using options::roff;

}  // namespace

std::string manual_item(const Parameter& row, std::string_view name) {
  const auto& doc = row.parameter.doc;
  std::string text = fmt::format("{}.\n{}\n", roff(doc.shortdesc), roff(doc.longdesc));
  if (!row.note.empty()) text += roff(row.note) + "\n";
  return page_item(name, text + options::facts(row.parameter.row(), row.type));
}

std::string manual_of_credentials() {
  return page_section("CREDENTIALS") +
         roff(
             "They stand best in snmp.conf, mode 0600, in the folder of snmp_conf_path, for "
             "SNMPv3 as in") +
         "\n" +
         options::page_example({"defVersion 3", "defSecurityName fence",
                                "defSecurityLevel authPriv", "defAuthType SHA",
                                "defAuthPassphrase ...", "defPrivType AES",
                                "defPrivPassphrase ..."}) +
         roff("and for SNMPv1 as in") + "\n" +
         options::page_example({"defVersion 1", "defCommunity ..."}) +
         roff(
             "Parameters count more than the file, one by one. Passwords have at least 8 "
             "characters.") +
         "\n" + page_section("MANAGEMENT MODULE") +
         roff(
             "The SNMP agent of the version in use has to be enabled; the module may want a "
             "restart for that. For SNMPv3: a login with read-write access by SNMP, MD5 or SHA, "
             "DES or AES, and a privacy password; its login password is that of authentication. "
             "Its "
             "context name is empty, or stands as defContext in snmp.conf. For SNMPv1: a community "
             "of type write or set, with the addresses of all nodes; a Chassis Management Module "
             "takes three for each, so that more nodes want SNMPv3 or the address 0.0.0.0. "
             "Requests "
             "from other addresses are dropped, which looks like a module that is down. Policies "
             "that power blades on by themselves (auto power-on, wake on LAN) are best off.") +
         "\n" + page_section("LOG") +
         roff(
             "Each on, off and reset (reboot) leaves one line of JSON in the system log, with "
             "audit, action, plug, result, reason, ms and bays with their states and commands; it "
             "never has passwords.") +
         "\n";
}

std::string manual(const power::Chassis& chassis) {
  const std::string name(chassis.plugin);
  std::string page = options::page_begin(name, 8, HAVC_VERSION, "STONITH plugins of cluster-glue");
  page += page_section("NAME") + fmt::format("{} \\- power fencing in {} chassis over SNMP\n",
                                             roff(name), roff(chassis.product));
  page +=
      page_section("SYNOPSIS") +
      fmt::format(".B stonith\n{}\n", roff("-t external/" + name + " NAME=VALUE ... -T off HOST"));
  page += page_section("DESCRIPTION") + roff(description(chassis)) +
          fmt::format(
              "The same program is the fence agent\n.BR fence_{} (8),\nwhich Pacemaker "
              "reaches without cluster\\-glue.\n",
              name);
  page += page_section("PARAMETERS");
  for (const auto& row : parameters(Face::external))
    page += manual_item(row, row.parameter.doc.name);
  page += page_section("ACTIONS");
  for (const auto& action : action_docs()) page += page_item(action.call, roff(action.text));
  page += manual_of_credentials();
  page += page_section("EXIT STATUS") +
          roff(
              "0 when what was asked has been done and read back; otherwise 1, with one line on "
              "standard error that says why, and what to do.") +
          "\n";
  page += page_section("EXAMPLES") +
          options::page_example(
              {fmt::format("stonith -t external/{} mgmt_address=chassis1.example.org "
                           "snmp_conf_path=/etc/havc/chassis -l",
                           name),
               fmt::format("crm configure primitive chassis1 stonith:external/{} params "
                           "mgmt_address=chassis1.example.org snmp_conf_path=/etc/havc/chassis op "
                           "monitor interval=3600s timeout=20s",
                           name)});
  return page + page_section("SEE ALSO") +
         fmt::format(".BR fence_{} (8),\n.BR stonith (8),\n.BR crm (8),\n.BR snmp.conf (5)\n",
                     name);
}

}  // namespace havc::stonith
