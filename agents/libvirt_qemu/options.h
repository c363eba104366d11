// The parameters of LibvirtQemu: the one place that knows their names, texts and defaults.
#pragma once

#include <array>
#include <string>

#include "mail/job.h"
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
  std::string email_from;
  mail::Events email_events;
  mail::RouteName email_route;
  options::AbsolutePath email_auth_file;
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
         .longdesc = "Mail addresses, separated by blanks or commas. Empty: no mail, and nothing of mail is needed on the node. A mail is "
                     "handed to a program of its own, havc-mail, which tries for a quarter of an hour: a mail system that hangs or fails changes "
                     "neither the result of an action nor its duration.",
         .reloadable = true}),
    parameter<&Options::email_subject>(
        {.name = "email_subject",
         .shortdesc = "Beginning of the subject of mails",
         .longdesc = "Every %domain_name% is replaced by the domain's name. Time, event and node follow.",
         .fallback = "[SYSTEM:HA][VM:%domain_name%]",
         .reloadable = true,
         .aliases = "subject"}),
    parameter<&Options::email_from>(
        {.name = "email_from",
         .shortdesc = "Sender of mails",
         .longdesc = "One mail address. Empty: root at the node's host name, which a relay may refuse.",
         .reloadable = true}),
    parameter<&Options::email_events>(
        {.name = "email_events",
         .shortdesc = "Events that are worth a mail",
         .longdesc = "Words, separated by commas or blanks: start; recover (a start on the node where a monitor failed less than 15 minutes "
                     "before); stop (the guest shut down); forced (it had to be destroyed); migrate (told by the target: from, to, duration); "
                     "migrate_source (told by the source); failure (of any action; of a monitor at most every 15 minutes). There is no mail "
                     "when nothing changed, nor for the stop on the source after a migration.",
         .fallback = "start,recover,stop,forced,migrate",
         .reloadable = true}),
    parameter<&Options::email_route>(
        {.name = "email_route",
         .shortdesc = "How mail leaves the node",
         .longdesc = "sendmail, the absolute path of a program that takes its options, or a relay: smtp://HOST[:PORT] (TLS whenever the relay "
                     "offers it, always with email_auth_file) or smtps://HOST[:PORT]. The relay's certificate is checked against those that the "
                     "system trusts.",
         .fallback = "sendmail",
         .reloadable = true}),
    parameter<&Options::email_auth_file>(
        {.name = "email_auth_file",
         .shortdesc = "File with the login for the relay",
         .longdesc = "Absolute path of a file of two lines, user and password, on every node. It must belong to root and be closed to others "
                     "(mode 0600).",
         .reloadable = true}),
};
static_assert(options::well_formed(kParameters));

}  // namespace havc::libvirt_qemu
