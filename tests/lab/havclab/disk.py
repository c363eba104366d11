"""The disk of a host: everything it can write to, made once and kept over power cuts.

It becomes the upper layer over the machine's /etc and /usr, and the whole of /var. Directories in which a
machine keeps its real cluster or its real guests are made opaque: the host sees only what is written here.
"""

import os
import shutil
import uuid
from xml.sax.saxutils import quoteattr

from havclab import ssh
from havclab.mail import SENDMAIL_CONFIGURATION
from havclab.state import CHASSIS_ADDRESS, TESTS_LAB, Host, write_file

_NAMESPACE = uuid.UUID("5f0c3a5e-6f0b-4c7e-9d57-1c0fbd6b2b11")  # of this lab's name-based UUIDs; any constant does

_HIDDEN = ("etc/corosync", "etc/pacemaker", "etc/libvirt", "etc/crm", "etc/havc", "etc/pcs", "etc/ssh")

# As the packages' own directories and tmpfiles make them: path, owner, group, mode.
_VAR = (
    ("cache/libvirt/qemu", "root", "root", 0o750),
    ("cache/crm", "hacluster", "haclient", 0o750),
    ("lib/corosync", "root", "root", 0o755),
    ("lib/dpkg", "root", "root", 0o755),
    ("lib/heartbeat/cores", "root", "root", 0o755),
    ("lib/libvirt/qemu", "root", "root", 0o751),
    ("lib/libvirt/images", "root", "root", 0o711),
    ("lib/pacemaker", "hacluster", "haclient", 0o750),
    ("lib/pacemaker/blackbox", "hacluster", "haclient", 0o750),
    ("lib/pacemaker/cib", "hacluster", "haclient", 0o750),
    ("lib/pacemaker/cores", "hacluster", "haclient", 0o750),
    ("lib/pacemaker/pengine", "hacluster", "haclient", 0o750),
    ("lib/pcsd", "root", "root", 0o700),
    ("log/corosync", "root", "root", 0o755),
    ("log/crmsh", "hacluster", "haclient", 0o775),
    ("log/libvirt/qemu", "root", "root", 0o750),
    ("log/pacemaker", "hacluster", "haclient", 0o770),
    ("spool", "root", "root", 0o755),
    ("tmp", "root", "root", 0o1777),
)


def make(host, settings):
    """Writes the disk of a new host."""
    disk = host.disk
    for directory in ("etc", "usr", "var", "root", "dpkg", "work/etc", "work/usr", "work/dpkg"):
        (disk / directory).mkdir(parents=True)
    host.console.mkdir()
    (disk / "root").chmod(0o700)
    for directory in _HIDDEN:
        (disk / directory).mkdir(parents=True)
        os.setxattr(disk / directory, "trusted.overlay.opaque", b"y")
    for path, owner, group, mode in _VAR:
        directory = disk / "var" / path
        directory.mkdir(parents=True, exist_ok=True)
        shutil.chown(directory, owner, group)
        directory.chmod(mode)
    (disk / "var/run").symlink_to("/run")
    (disk / "var/lock").symlink_to("/run/lock")
    _write_identity(host, settings)
    if not host.is_remote:
        _write_corosync(host, settings)
    _write_pacemaker(host, settings)
    _write_libvirt(host)
    ssh.write(host, settings)
    write_file(disk / "etc/havc/chassis/snmp.conf", "defVersion 1\ndefCommunity havc\n", mode=0o600)
    (disk / "etc/havc/chassis").chmod(0o700)
    # Guests are the cluster's; Debian's default starts them at boot as well.
    write_file(disk / "etc/default/libvirt-guests", "ON_BOOT=ignore\nON_SHUTDOWN=shutdown\n")
    write_file(disk / "etc/msmtprc", SENDMAIL_CONFIGURATION)
    programs = disk / "usr/libexec/havc-lab"
    programs.mkdir(parents=True)
    for name in ("init", "services", "syslog"):
        shutil.copy(TESTS_LAB / "host" / name, programs / name)


def init_program(host):
    return host.disk / "usr/libexec/havc-lab/init"


def _write_identity(host, settings):
    etc = host.disk / "etc"
    peers = "".join(f"{peer.address} {peer.name}{'' if peer.node == peer.name else ' ' + peer.node}\n" for peer in _peers(host, settings))
    write_file(etc / "hosts", f"127.0.0.1 localhost\n{peers}{CHASSIS_ADDRESS} chassis\n")
    write_file(etc / "hostname", f"{host.name}\n")
    write_file(etc / "machine-id", f"{_uuid(host).hex}\n")
    # There is no name server: a name that is not in /etc/hosts must fail at once.
    write_file(etc / "resolv.conf", "")
    write_file(etc / "nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"
                                      "networks: files\nprotocols: files\nservices: files\n")


def _write_corosync(host, settings):
    nodes = "".join(f"  node {{\n    ring0_addr: {peer.address}\n    name: {peer.name}\n    nodeid: {peer.number}\n  }}\n"
                    for peer in _peers(host, settings) if not peer.is_remote)
    count = len(settings["hosts"]) - len(settings["remote"])
    two_node = "  two_node: 1\n" if count == 2 else ""
    # watchdog_device off: the test must never arm a watchdog. No move of control groups: the machine's are its own.
    write_file(host.disk / "etc/corosync/corosync.conf", f"""\
system {{
  move_to_root_cgroup: no
}}
totem {{
  version: 2
  cluster_name: {settings['id']}
  transport: knet
  token: {settings['token']}
  crypto_cipher: none
  crypto_hash: none
  interface {{
    linknumber: 0
    knet_ping_interval: 200
    knet_pong_count: 1
  }}
}}
logging {{
  to_logfile: yes
  logfile: /var/log/corosync/corosync.log
  to_syslog: no
  timestamp: hires
}}
quorum {{
  provider: corosync_votequorum
  expected_votes: {count}
{two_node}}}
resources {{
  watchdog_device: off
}}
nodelist {{
{nodes}}}
""")


def _write_pacemaker(host, settings):
    environment = {"PCMK_logfile": "/var/log/pacemaker/pacemaker.log", "PCMK_logfacility": "none",
                   "PCMK_service": "pacemakerd", **settings["environment"]}
    write_file(host.disk / "etc/default/pacemaker",
               "".join(f"{name}={_shell_quoted(value)}\n" for name, value in environment.items()))
    if settings["remote"]:
        write_file(host.disk / "etc/pacemaker/authkey", f"{uuid.uuid5(_NAMESPACE, settings['id'])}\n", mode=0o640)
        shutil.chown(host.disk / "etc/pacemaker/authkey", "root", "haclient")
    if host.is_remote:
        return
    properties = "".join(
        f'<nvpair id="cib-bootstrap-options-{name}" name="{name}" value={quoteattr(value)}/>'
        for name, value in settings["properties"].items())
    remotes = "".join(_remote_connection(peer) for peer in _peers(host, settings) if peer.is_remote)
    # Only what must hold before the first election, and the remote hosts; everything else is for "crm configure".
    cib = host.disk / "var/lib/pacemaker/cib/cib.xml"
    write_file(cib, f'<cib validate-with="pacemaker-3.0" admin_epoch="0" epoch="1" num_updates="0"><configuration>'
                    f'<crm_config><cluster_property_set id="cib-bootstrap-options">{properties}</cluster_property_set>'
                    f'</crm_config><nodes/><resources>{remotes}</resources><constraints/></configuration><status/></cib>\n', mode=0o600)
    shutil.chown(cib, "hacluster", "haclient")


def _remote_connection(peer):
    node = peer.node
    # reconnect_interval: without it, a host that boots for longer than the start's timeout is fenced again, and then given up.
    return (f'<primitive id="{node}" class="ocf" provider="pacemaker" type="remote"><instance_attributes id="{node}-params">'
            f'<nvpair id="{node}-server" name="server" value="{peer.address}"/>'
            f'<nvpair id="{node}-reconnect" name="reconnect_interval" value="10s"/></instance_attributes><operations>'
            f'<op id="{node}-monitor" name="monitor" interval="5s" timeout="10s"/></operations></primitive>')


def _write_libvirt(host):
    write_file(host.disk / "etc/libvirt/libvirtd.conf", f"""\
listen_tls = 0
listen_tcp = 1
tcp_port = "16509"
auth_tcp = "none"
unix_sock_group = "root"
host_uuid = "{_uuid(host)}"
""")
    # stdio_handler "file": QEMU itself appends to a guest's console, without a log daemon that rotates it.
    write_file(host.disk / "etc/libvirt/qemu.conf", """\
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
""")


def _peers(host, settings):
    return [Host(host.lab, name) for name in settings["hosts"]]


def _uuid(host):
    return uuid.uuid5(_NAMESPACE, f"{host.lab.id}/{host.name}")


def _shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
