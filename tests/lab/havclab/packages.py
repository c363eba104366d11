"""The product as Debian packages on a lab's hosts: dpkg installs them once, in front of the machine's own /etc, /usr and /var, and what it
wrote is a layer of every host's disk. A staged tree (DESTDIR) is the other way to the same layer: see life.py."""

import shutil
import subprocess
from pathlib import Path

from havclab.processes import CLEAN_ENVIRONMENT
from havclab.state import TESTS_LAB, LabError

_SIMULATOR = "usr/bin/havc-chassis-simulator"
_SECONDS = 300  # for dpkg; 2 s on an idle machine


def install(lab, directory):
    """Installs all packages of the directory but those of debuggers' symbols, and returns their names. Refuses a machine that has any file
    of theirs: a host would have it, too, whether or not it is in its package."""
    found = sorted(path for path in Path(directory).glob("*.deb") if "-dbgsym_" not in path.name)
    if not found:
        raise LabError(f"--packages '{directory}' has no *.deb: give the folder that packaging/build-deb has filled")
    for package in found:
        for file in _files(package):
            if Path(file).exists() or Path(file).is_symlink():
                raise LabError(f"this machine has '{file}' already, which is to come from {package.name}: remove what is installed here first")
    copies = lab.path / "packages"
    copies.mkdir()
    for package in found:
        shutil.copy(package, copies)
    done = subprocess.run(["unshare", "--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "--kill-child", str(TESTS_LAB / "host/install"),
                           str(lab.path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=_SECONDS, check=False, cwd="/", env={**CLEAN_ENVIRONMENT, "DEBIAN_FRONTEND": "noninteractive"})
    (lab.path / "packages/install.log").write_text(done.stdout)
    if done.returncode != 0:
        raise LabError(f"dpkg does not install the packages of '{directory}' (exit code {done.returncode}); it said:\n{done.stdout.strip()}")
    return [package.name.partition("_")[0] for package in found]


def simulator(lab, directory, stage=None):
    """The chassis that comes with the packages of the directory, or with the stage, or else is installed on this machine; or None."""
    if stage and Path(stage, _SIMULATOR).exists():
        return str(Path(stage, _SIMULATOR))
    if directory:
        return str(lab.path / "stage" / _SIMULATOR) if any(Path(directory).glob("havc-lab_*.deb")) else None
    return f"/{_SIMULATOR}" if Path("/", _SIMULATOR).exists() else None


def _files(package):
    """Absolute paths of what is in a package, without folders."""
    archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=False)
    if archive.returncode != 0:
        raise LabError(f"'{package}' is no package: {archive.stderr.decode(errors='replace').strip()}")
    listed = subprocess.run(["tar", "--list"], input=archive.stdout, capture_output=True, check=True).stdout.decode()
    return [name.removeprefix(".") for name in listed.splitlines() if not name.endswith("/")]
