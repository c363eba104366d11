#include "stonith/manual.h"

#include <fmt/format.h>

#include "options/manual.h"
#include "stonith/info.h"
#include "stonith/run.h"

namespace havc::stonith {

namespace {

using options::page_example;
using options::page_item;
using options::page_paragraph;
using options::page_section;
using options::roff;

std::string credentials() {
  return page_section(
      "CREDENTIALS",
      page_example(
          "They stand best in snmp.conf, mode 0600, in the folder of snmp_conf_path; for "
          "SNMPv3:",
          {"defVersion 3", "defSecurityName fence", "defSecurityLevel authPriv", "defAuthType SHA",
           "defAuthPassphrase ...", "defPrivType AES", "defPrivPassphrase ..."}) +
          page_example("For SNMPv1:", {"defVersion 1", "defCommunity ..."}) +
          page_paragraph("Parameters count more than the file, one by one. Passwords have at least "
                         "8 characters."));
}

std::string management_module() {
  return page_section(
      "MANAGEMENT MODULE",
      page_paragraph("The SNMP agent of the version in use has to be enabled; the module may want "
                     "a restart for that.") +
          page_paragraph("SNMPv3 wants a login with read-write access by SNMP, MD5 or SHA, DES or "
                         "AES, and a privacy password; its login password is that of "
                         "authentication. Its context name is empty, or stands as defContext in "
                         "snmp.conf.") +
          page_paragraph("SNMPv1 wants a community of type write or set, with the addresses of "
                         "all nodes: requests from elsewhere are dropped, which looks like a "
                         "module that is down. A Chassis Management Module takes three addresses a "
                         "community; more nodes want SNMPv3, or the address 0.0.0.0.") +
          page_paragraph("Policies that power blades on by themselves (auto power-on, wake on "
                         "LAN) are best off."));
}

std::string examples(const std::string& plugin) {
  const std::string device = "mgmt_address=chassis1.example.org snmp_conf_path=/etc/havc/chassis";
  return page_section(
      "EXAMPLES",
      page_example("The hosts that it can switch; nothing is switched:",
                   {"stonith -t external/" + plugin + " \\", "  " + device + " -l"}) +
          page_example("The device of a cluster, with crmsh:",
                       {"crm configure primitive chassis1 stonith:external/" + plugin + " \\",
                        "  params " + device + " \\", "  op monitor interval=3600s timeout=20s"}));
}

}  // namespace

std::string manual_item(const Parameter& row, std::string_view name) {
  const auto& doc = row.parameter.doc;
  std::string text = fmt::format("{}.\n{}\n", roff(doc.shortdesc), roff(doc.longdesc));
  if (!row.note.empty()) text += roff(row.note) + "\n";
  return page_item(name, text + options::facts(row.parameter.row(), row.type));
}

std::string manual_of_both() {
  return credentials() + management_module() +
         page_section("ENVIRONMENT",
                      page_item("HA_LOGFACILITY",
                                roff("Facility of the system log; daemon unless set, none: no "
                                     "log."))) +
         page_section(
             "LOG",
             page_paragraph("Each on, off and reset (reboot) leaves one line of JSON in the system "
                            "log, with audit, action, plug, result, reason, ms and bays with their "
                            "states and commands; it never has passwords.") +
                 page_example("To see them all:", {"journalctl | grep '\"audit\":\"power\"'"}));
}

std::string manual(const power::Chassis& chassis, std::string_view date) {
  const std::string name(chassis.plugin);
  std::string page = options::page_begin(
      {name, 8, HAVC_VERSION, date, "STONITH plugins of cluster-glue"},
      "havc's power fencing in " + std::string(chassis.product) + " chassis over SNMP");
  page += page_section(
      "SYNOPSIS", fmt::format(".B stonith\n{}\n", roff("-t external/" + name +
                                                       " NAME=VALUE ... -T off|on|reset HOST")));
  page += page_section("DESCRIPTION",
                       page_paragraph(description(chassis)) +
                           page_paragraph("The same program is the fence agent fence_" + name +
                                          ", which Pacemaker reaches without cluster-glue."));
  std::string rows, actions;
  for (const auto& row : parameters(Face::external))
    rows += manual_item(row, row.parameter.doc.name);
  for (const auto& action : action_docs()) actions += page_item(action.call, roff(action.text));
  page += page_section("PARAMETERS", rows) + page_section("ACTIONS", actions);
  page += manual_of_both();
  page += page_section(
      "EXIT STATUS",
      page_item("0", roff("What was asked has been done and read back.")) +
          page_item("1", roff("It has not, or that is not known; one line on standard error says "
                              "why, and what to do.")));
  return page + examples(name) +
         options::page_see_also({"fence_" + name + "(8)", "stonith(8)", "crm(8)", "snmp.conf(5)"});
}

}  // namespace havc::stonith
