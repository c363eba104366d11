"""SSH between the hosts: root of each logs in on every other by name, by key and without a question, as an administrator sets it up.

The keys are made once a lab. All hosts have the same: whoever is root on one is root on all of them anyway.
"""

import shutil

from havclab.processes import run
from havclab.state import Host, write_file

_CONFIGURATION = """\
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
UseDNS no
Subsystem sftp internal-sftp
"""

# Not the machine's, which may refuse root, or ask a daemon that no host has. With UsePAM sshd lets a root without a password in.
_PAM = "auth required pam_deny.so\naccount required pam_permit.so\nsession required pam_permit.so\npassword required pam_deny.so\n"


def make_keys(lab):
    directory = lab.path / "ssh"
    directory.mkdir(mode=0o700)
    for name in ("host", "root"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name} of lab {lab}", "-f", str(directory / name))


def write(host, settings):
    """Lays the keys and the configuration down on the disk of a new host."""
    keys = host.lab.path / "ssh"
    etc, home = host.disk / "etc", host.disk / "root/.ssh"
    home.mkdir(mode=0o700)
    for key, place in ((keys / "host", etc / "ssh/ssh_host_ed25519_key"), (keys / "root", home / "id_ed25519")):
        shutil.copy(key, place)  # with its mode: sshd refuses a key that others can read
        shutil.copy(key.with_suffix(".pub"), place.with_suffix(".pub"))
    shutil.copy(keys / "root.pub", home / "authorized_keys")
    names = ",".join(["localhost", *(f"{name},{Host(host.lab, name).address}" for name in settings["hosts"])])
    write_file(home / "known_hosts", f"{names} {(keys / 'host.pub').read_text()}")
    write_file(etc / "ssh/sshd_config", _CONFIGURATION)
    write_file(etc / "pam.d/sshd", _PAM)
    write_file(etc / "hosts.allow", "sshd: ALL\n")  # the machine's hosts.deny is seen here
