// The parameters of LibvirtQemu: the one place that knows their names, texts and defaults.
#pragma once

#include <array>
#include <string>

#include "options/parameter.h"

namespace havc::libvirt_qemu {

struct Options {
  options::AbsolutePath config;
  std::string hypervisor;
  bool force_stop = false;
  options::Word migration_transport;
  options::Word migration_user;
  options::Word migration_network_suffix;
  std::string monitor_scripts;
  std::string email;
  std::string email_subject;
};

using options::Kind;
using options::Need;
using options::parameter;

inline constexpr std::array kParameters{
    parameter<&Options::config>(
        {.name = "config",
         .shortdesc = "libvirt domain XML file",
         .longdesc = "Absolute path of the XML file that defines the virtual machine for libvirt. It must be the same on "
                     "every node that may run the machine. The domain's name and UUID come from its <name> and <uuid>; "
                     "once the machine runs, it is recognised without this file.",
         .need = Need::required,
         .kind = Kind::identity,
         .unique_group = "config"}),
    parameter<&Options::hypervisor>(
        {.name = "hypervisor",
         .shortdesc = "libvirt connection URI of this node",
         .longdesc = "The local libvirt connection that runs the virtual machine. Only qemu:///system is watched without "
                     "asking libvirt, which makes its monitor cheap and independent of a hanging libvirtd.",
         .fallback = "qemu:///system",
         .kind = Kind::identity}),
    parameter<&Options::force_stop>(
        {.name = "force_stop",
         .shortdesc = "Stop by pulling the plug",
         .longdesc = "When true, stop destroys the virtual machine at once, without asking the guest to shut down. "
                     "When false, the guest is asked, and the plug is pulled when the stop timeout comes near.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_transport>(
        {.name = "migration_transport",
         .shortdesc = "Transport to the target's libvirt",
         .longdesc = "How the source reaches libvirt on the target of a live migration: tcp, tls or ssh make "
                     "qemu+TRANSPORT://TARGET/system. Empty makes qemu://TARGET/system, which libvirt takes as tls.",
         .reloadable = true}),
    parameter<&Options::migration_user>(
        {.name = "migration_user",
         .shortdesc = "User name at the target's libvirt",
         .longdesc = "Put before the target's name in the connection URI, as in qemu+ssh://USER@TARGET/system.",
         .reloadable = true}),
    parameter<&Options::migration_network_suffix>(
        {.name = "migration_network_suffix",
         .shortdesc = "Suffix of host names on the migration network",
         .longdesc = "Appended to the target's host name (before the first dot of a full name) to make the name of its "
                     "address on a network for migrations: with -mig, the memory of a machine that moves to node2 goes to "
                     "node2-mig. The connection to libvirt keeps the plain name. libvirt chooses the port.",
         .reloadable = true}),
    parameter<&Options::monitor_scripts>(
        {.name = "monitor_scripts",
         .shortdesc = "Programs that check the service in the guest",
         .longdesc = "Paths of programs, separated by blanks. After the machine itself was found running, monitor runs them in "
                     "this order; the first that does not exit with 0 makes the monitor fail, with its output as the reason. "
                     "start and migrate_from wait until all of them succeed.",
         .reloadable = true}),
    parameter<&Options::email>(
        {.name = "email",
         .shortdesc = "Who is told by mail",
         .longdesc = "Mail addresses, separated by blanks or commas. Accepted for compatibility; this version sends no mail.",
         .reloadable = true}),
    parameter<&Options::email_subject>(
        {.name = "email_subject",
         .shortdesc = "Subject of mails",
         .longdesc = "Every %domain_name% is replaced by the domain's name. Accepted for compatibility; this version sends "
                     "no mail.",
         .fallback = "[SYSTEM:HA][VM:%domain_name%]",
         .reloadable = true,
         .aliases = "subject"}),
};
static_assert(options::well_formed(kParameters));

}  // namespace havc::libvirt_qemu
