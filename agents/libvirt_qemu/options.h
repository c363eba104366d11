// The parameters of LibvirtQemu: the one place that knows their names, texts and defaults.
#pragma once

#include <array>
#include <string>

#include "domain/migrate.h"
#include "domain/migrate_options.h"
#include "domain/migration_plan.h"
#include "domain/shutdown_method.h"
#include "domain/start.h"
#include "domain/verdict.h"
#include "mail/job.h"
#include "options/parameter.h"

namespace havc::libvirt_qemu {

struct Options {
  options::AbsolutePath config;
  std::string hypervisor;
  domain::DefinitionKind domain_definition{};
  domain::ManagedSave managed_save_action{};
  options::AbsolutePath snapshot;
  bool start_resources = false;
  options::AbsolutePath pre_start_hook;

  bool force_stop = false;
  domain::ShutdownMethods shutdown_mode;
  bool wake_guest = true;
  std::chrono::seconds stop_kill_reserve{};

  std::string monitor_scripts;
  std::chrono::seconds monitor_script_timeout{};
  domain::PausePolicy io_error_action{};
  domain::PausePolicy paused_action{};
  std::chrono::seconds paused_grace{};
  domain::AgentCheck guest_agent_check{};

  options::Word migration_transport;
  options::Word migration_user;
  options::Word migration_network_suffix;
  std::string remoteuri;
  std::string migrateuri;
  options::Port migrateport;
  domain::MigrateOptions migrate_options;
  domain::MigrationMode migration_mode{};
  int migration_downtime = 0;
  int migration_speed = 0;
  bool migration_tls = false;
  bool migration_auto_converge = false;
  domain::PostCopy migration_postcopy{};
  bool migration_unsafe = false;
  bool migration_persistent = false;
  int migration_parallel = 0;
  std::string migration_compression;
  bool migration_preflight = true;
  std::chrono::seconds migration_abort_reserve{};
  options::AbsolutePath pre_migrate_hook;

  std::string email;
  std::string email_subject;
  std::string email_from;
  mail::Events email_events;
  mail::RouteName email_route;
  options::AbsolutePath email_auth_file;

  bool autoset_utilization_cpu = false;
  bool autoset_utilization_host_memory = false;
  bool autoset_utilization_hv_memory = false;
  bool unset_utilization_cpu = false;
  bool unset_utilization_host_memory = false;
  bool unset_utilization_hv_memory = false;
  bool save_config_on_stop = false;
  bool sync_config_on_stop = false;

  options::Refused backingfile;
  options::Refused stateless;
  options::Refused copyindirs;
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
    parameter<&Options::domain_definition>(
        {.name = "domain_definition",
         .shortdesc = "Whether libvirt keeps a definition of its own",
         .longdesc = "transient: libvirt knows the machine only while it runs, and the file is the only definition. persistent: start "
                     "defines the machine from the file, then starts it; needed for an emulated TPM without persistent_state, whose "
                     "secrets libvirt deletes with a transient machine. A definition that stays behind on a node is replaced by the next start.",
         .fallback = "transient",
         .kind = Kind::identity}),
    parameter<&Options::managed_save_action>(
        {.name = "managed_save_action",
         .shortdesc = "What start does with a managed-save image",
         .longdesc = "virsh managedsave, or libvirt-guests at a shutdown, may have left an image of the machine's memory on "
                     "this node. fail: start refuses, so that the administrator decides. restore: the machine goes on from the "
                     "image, which is only right when its disks were not used since. discard: the image is removed and the "
                     "machine boots.",
         .fallback = "fail",
         .reloadable = true}),
    parameter<&Options::snapshot>(
        {.name = "snapshot",
         .shortdesc = "Folder for saving the machine instead of shutting it down",
         .longdesc = "With a folder, stop saves the memory of the machine there (FOLDER/NAME.state) instead of asking the guest "
                     "to shut down, and start restores it; the image is removed before the machine goes on. A save that fails, "
                     "finds less free space than the machine has memory, or does not end in time is followed by a shutdown. "
                     "The folder must be shared by all nodes if the machine may start elsewhere: an image that stays behind "
                     "is outdated, which is seen by the dates of disks that are files, but not of block devices. Cannot be "
                     "combined with force_stop.",
         .reloadable = true}),
    parameter<&Options::start_resources>(
        {.name = "start_resources",
         .shortdesc = "Start storage pools and networks that the machine uses",
         .longdesc = "When true, start, and migrate_to on the target, start the storage pools and virtual networks which the "
                     "definition names and which are not active.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::pre_start_hook>(
        {.name = "pre_start_hook",
         .shortdesc = "Program that may refuse a start",
         .longdesc = "Absolute path of a program that is run before the machine is started here, with the domain's name as its "
                     "argument, in the environment of the action. If it does not exit with 0, or takes more than half of the time that is "
                     "left, the start fails, with its output as the reason. Not run when the machine runs here already, nor by monitor.",
         .reloadable = true}),
    parameter<&Options::force_stop>(
        {.name = "force_stop",
         .shortdesc = "Stop by pulling the plug",
         .longdesc = "When true, stop destroys the virtual machine at once, without asking the guest to shut down. "
                     "When false, the guest is asked, and the plug is pulled when the stop timeout comes near.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::shutdown_mode>(
        {.name = "shutdown_mode",
         .shortdesc = "How the guest is asked to shut down",
         .longdesc = "Ways in which the guest is asked, in this order, each time anew until it obeys: agent (needs the guest "
                     "agent), acpi (the power button); separated by commas or blanks, as virsh shutdown --mode takes them. "
                     "Empty: the way that libvirt chooses.",
         .reloadable = true}),
    parameter<&Options::wake_guest>(
        {.name = "wake_guest",
         .shortdesc = "Wake the guest before it is asked to shut down",
         .longdesc = "When true, stop presses the ESC key in the guest first, because a sleeping screen takes the power button "
                     "as a wish to wake up. A guest in S3 is woken in any case.",
         .fallback = "1",
         .reloadable = true}),
    parameter<&Options::stop_kill_reserve>(
        {.name = "stop_kill_reserve",
         .shortdesc = "Seconds of the stop timeout that are kept for pulling the plug",
         .longdesc = "0: computed. That is 10 s when the timeout is 90 s or less, else 20 s, or more with devices that are "
                     "handed through. Never more than half of the timeout.",
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
    parameter<&Options::remoteuri>(
        {.name = "remoteuri",
         .shortdesc = "Connection URI of the target's libvirt",
         .longdesc = "The whole URI, in which %n stands for the target node's name, as in qemu+ssh://admin@%n-adm/system. "
                     "Empty: made from migration_transport and migration_user.",
         .reloadable = true}),
    parameter<&Options::migrateuri>(
        {.name = "migrateuri",
         .shortdesc = "Where the memory goes in a migration",
         .longdesc = "The whole URI, in which %n stands for the target node's name, as in tcp://%n-mig:49160. Replaces "
                     "migration_network_suffix and migrateport. Empty: made from them, or chosen by libvirt.",
         .reloadable = true}),
    parameter<&Options::migrateport>(
        {.name = "migrateport",
         .shortdesc = "Port for the memory of a migration",
         .longdesc = "A fixed TCP port at the target. Only one machine at a time can move there then. Empty: libvirt on the "
                     "target allocates one, which is better.",
         .reloadable = true}),
    parameter<&Options::migrate_options>(
        {.name = "migrate_options",
         .shortdesc = "Options of virsh migrate",
         .longdesc = "Words as virsh migrate takes them, such as --p2p --tls --auto-converge --compressed --bandwidth 200; quoted "
                     "as in a shell if need be, in which nothing is expanded. Flags add to the parameters of the same meaning, and "
                     "a parameter that is set wins over a value; --persistent and --undefinesource each mean "
                     "migration_persistent, --postcopy means migration_postcopy=fallback. --timeout makes the guest stand still "
                     "until it has moved, or with --timeout-postcopy switches to post-copy. A word that is not known, or makes no "
                     "sense in a cluster (--dname, --suspend, --offline, --direct, --xml, --persistent-xml, --postcopy-resume), "
                     "is an error.",
         .reloadable = true}),
    parameter<&Options::migration_mode>(
        {.name = "migration_mode",
         .shortdesc = "Who drives a migration",
         .longdesc = "managed: the agent, by connections to both nodes. p2p: libvirt on the source, which connects to the "
                     "target by itself. tunnelled: the same, with the memory through that connection, which is slow, but needs "
                     "no further port.",
         .fallback = "managed",
         .reloadable = true}),
    parameter<&Options::migration_downtime>(
        {.name = "migration_downtime",
         .shortdesc = "Milliseconds that the guest may stand still at the end of a migration",
         .longdesc = "0: libvirt's default of 300 ms, raised step by step to 3 s when the migration does not converge. Another value "
                     "is used from the beginning and not raised.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_speed>(
        {.name = "migration_speed",
         .shortdesc = "MiB/s that a migration may use",
         .longdesc = "0: no limit.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_tls>(
        {.name = "migration_tls",
         .shortdesc = "Encrypt the memory of a migration",
         .longdesc = "Uses TLS for the memory itself; needs certificates on both nodes.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_auto_converge>(
        {.name = "migration_auto_converge",
         .shortdesc = "Slow the guest down when a migration does not converge",
         .longdesc = "libvirt then takes CPU time from the guest, step by step, until its memory changes slower than it is "
                     "copied.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_postcopy>(
        {.name = "migration_postcopy",
         .shortdesc = "Whether a migration that does not converge may finish by post-copy",
         .longdesc = "fallback: when the memory changes faster than it is copied, or half of the timeout is over, the guest goes "
                     "on running on the target and fetches the rest from the source. If the network between the nodes fails in that phase, the guest is lost. "
                     "off: such a migration is aborted, and the machine keeps running on the source.",
         .fallback = "off",
         .reloadable = true}),
    parameter<&Options::migration_unsafe>(
        {.name = "migration_unsafe",
         .shortdesc = "Migrate although libvirt takes a disk's cache mode for unsafe",
         .longdesc = "Only for disks whose storage is known to be coherent between the nodes.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_persistent>(
        {.name = "migration_persistent",
         .shortdesc = "Make the machine persistent on the target",
         .longdesc = "The target keeps a definition of the machine, and the source drops its own, unless that is the file of "
                     "config. Always so with domain_definition=persistent. Otherwise a definition that the source has stays there.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_parallel>(
        {.name = "migration_parallel",
         .shortdesc = "Number of parallel connections for a migration",
         .longdesc = "0: one connection. More help where one does not fill the network.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::migration_compression>(
        {.name = "migration_compression",
         .shortdesc = "Compression of the memory in a migration",
         .longdesc = "Names of libvirt's methods, separated by commas: xbzrle, mt; with migration_parallel also zlib, zstd. "
                     "Empty: none.",
         .reloadable = true}),
    parameter<&Options::migration_preflight>(
        {.name = "migration_preflight",
         .shortdesc = "Look for obstacles before a migration",
         .longdesc = "When true, migrate_to checks disks, devices, networks, the CPU and the free memory of the target first, "
                     "and refuses with the name of what is in the way.",
         .fallback = "1",
         .reloadable = true}),
    parameter<&Options::migration_abort_reserve>(
        {.name = "migration_abort_reserve",
         .shortdesc = "Seconds of the migrate_to timeout that are kept for aborting",
         .longdesc = "0: computed. That is 10 s when the timeout is 90 s or less, else 20 s. Never more than half of the "
                     "timeout.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::pre_migrate_hook>(
        {.name = "pre_migrate_hook",
         .shortdesc = "Program that may refuse a migration",
         .longdesc = "Absolute path of a program that is run on the source before the machine moves, with the domain's name and "
                     "the target node as its arguments, in the environment of the action. If it does not exit with 0, or takes more than "
                     "half of the time that is left, migrate_to fails, with its output as the reason, and the machine stays.",
         .reloadable = true}),
    parameter<&Options::monitor_scripts>(
        {.name = "monitor_scripts",
         .shortdesc = "Programs that check the service in the guest",
         .longdesc = "Paths of programs, separated by blanks. After the machine itself was found running, monitor runs them in "
                     "this order; the first that does not exit with 0 makes the monitor fail, with its output as the reason. "
                     "One that cannot be started because its file system does not answer says nothing of the machine, which is shown as degraded. "
                     "A machine that stands still, as during a backup or the end of a migration, is not asked. "
                     "start and migrate_from wait until all of them succeed.",
         .reloadable = true}),
    parameter<&Options::monitor_script_timeout>(
        {.name = "monitor_script_timeout",
         .shortdesc = "Seconds for each of the monitor_scripts",
         .longdesc = "A program that takes longer is killed, with all that it started, and counts as failed. The timeout of the action "
                     "bounds all of them together.",
         .fallback = "10",
         .reloadable = true}),
    parameter<&Options::io_error_action>(
        {.name = "io_error_action",
         .shortdesc = "What a guest means that is paused by an I/O error",
         .longdesc = "QEMU pauses a guest whose storage fails or is full when its disks say so (error_policy, enospace). "
                     "degraded: shown, not recovered. fail: the monitor fails, and the cluster recovers. resume: each recurring "
                     "monitor resumes the guest, and shows it as degraded unless it runs a second later. ignore: healthy.",
         .fallback = "degraded",
         .reloadable = true}),
    parameter<&Options::paused_action>(
        {.name = "paused_action",
         .shortdesc = "What a guest means that is paused for another reason",
         .longdesc = "Backups, snapshots and administrators pause guests. The words are those of io_error_action; they count "
                     "once the pause has lasted paused_grace.",
         .fallback = "degraded",
         .reloadable = true}),
    parameter<&Options::paused_grace>(
        {.name = "paused_grace",
         .shortdesc = "Seconds for which a pause is nobody's business",
         .longdesc = "Counted from the first monitor that sees the guest paused. Until then the guest is healthy, and degraded for "
                     "monitors with OCF_CHECK_LEVEL 10. A save or a dump that still runs is within its grace.",
         .fallback = "300",
         .reloadable = true}),
    parameter<&Options::guest_agent_check>(
        {.name = "guest_agent_check",
         .shortdesc = "Whether the guest agent must answer",
         .longdesc = "Looked at by monitors with OCF_CHECK_LEVEL 10. auto: an agent that was connected since the machine's "
                     "QEMU was started must answer. required: also one that never was, 300 s after that start. off: it is not asked. "
                     "An agent that two monitors in a row find silent makes the machine degraded, with OCF_CHECK_LEVEL 20 failed; "
                     "there, one that left its channel has 300 s to come back, as a guest that reboots needs.",
         .fallback = "auto",
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
    parameter<&Options::autoset_utilization_cpu>(
        {.name = "autoset_utilization_cpu",
         .shortdesc = "Set the utilization attribute cpu",
         .longdesc = "When true, the count of virtual CPUs that libvirt's run state says is the utilization attribute cpu of "
                     "the resource: checked by start, migrate_from and reload, and written by monitor when it has changed. The "
                     "cluster's configuration is written only if it differs; without the cluster's tools there is a warning.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::autoset_utilization_host_memory>(
        {.name = "autoset_utilization_host_memory",
         .shortdesc = "Set the utilization attribute host_memory",
         .longdesc = "When true, the memory in MiB that libvirt's run state says is the utilization attribute host_memory of "
                     "the resource: checked by start, migrate_from and reload, and written by monitor when it has changed. The "
                     "cluster's configuration is written only if it differs; without the cluster's tools there is a warning. "
                     "The most that the machine may use.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::autoset_utilization_hv_memory>(
        {.name = "autoset_utilization_hv_memory",
         .shortdesc = "Set the utilization attribute hv_memory",
         .longdesc = "When true, the memory in MiB that libvirt's run state says is the utilization attribute hv_memory of the "
                     "resource: checked by start, migrate_from and reload, and written by monitor when it has changed. The "
                     "cluster's configuration is written only if it differs; without the cluster's tools there is a warning. It "
                     "is for Xen: no KVM node offers hv_memory by itself, so that with a placement strategy the machine may fit "
                     "nowhere.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::unset_utilization_cpu>(
        {.name = "unset_utilization_cpu",
         .shortdesc = "Remove the utilization attribute cpu",
         .longdesc = "When true, and autoset_utilization_cpu is not, the attribute cpu is removed from the resource.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::unset_utilization_host_memory>(
        {.name = "unset_utilization_host_memory",
         .shortdesc = "Remove the utilization attribute host_memory",
         .longdesc = "When true, and autoset_utilization_host_memory is not, the attribute host_memory is removed from the "
                     "resource.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::unset_utilization_hv_memory>(
        {.name = "unset_utilization_hv_memory",
         .shortdesc = "Remove the utilization attribute hv_memory",
         .longdesc = "When true, and autoset_utilization_hv_memory is not, the attribute hv_memory is removed from the "
                     "resource.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::save_config_on_stop>(
        {.name = "save_config_on_stop",
         .shortdesc = "Write the definition back before the machine goes",
         .longdesc = "When true, stop and migrate_to write what libvirt would start next time to the file of config, if the machine "
                     "was changed since it came to this node; defaults that libvirt adds are no change. The file keeps its mode and owner "
                     "and is replaced in one step; it then holds all defaults. A file that is missing, was edited since the machine came, or "
                     "defines another machine by now, is left alone. Costs 5 s or a tenth of the time at most, and no failure of it makes the action fail.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::sync_config_on_stop>(
        {.name = "sync_config_on_stop",
         .shortdesc = "Distribute the definition with csync2",
         .longdesc = "As save_config_on_stop; when the file was written, stop runs csync2 -x on it after the machine has stopped, and "
                     "migrate_to before it moves, for 30 s or a quarter of the time that is left at most. Failures are warnings.",
         .fallback = "0",
         .reloadable = true}),
    parameter<&Options::backingfile>(
        {.name = "backingfile",
         .shortdesc = "Not supported",
         .longdesc = "Known from VirtualDomain. Make an overlay with a backing file in the definition, or before the start in pre_start_hook.",
         .deprecated = "Refused when it is set: Make an overlay with a backing file in the definition, or before the start in pre_start_hook."}),
    parameter<&Options::stateless>(
        {.name = "stateless",
         .shortdesc = "Not supported",
         .longdesc = "Known from VirtualDomain. Make the overlay anew in pre_start_hook.",
         .deprecated = "Refused when it is set: Make the overlay anew in pre_start_hook."}),
    parameter<&Options::copyindirs>(
        {.name = "copyindirs",
         .shortdesc = "Not supported",
         .longdesc = "Known from VirtualDomain. Copy files into the image in pre_start_hook.",
         .deprecated = "Refused when it is set: Copy files into the image in pre_start_hook."}),
};
static_assert(options::well_formed(kParameters));

}  // namespace havc::libvirt_qemu
