"""A machine of its own for the hub: this one's system, with /opt, /srv and /home empty and an /etc that is a copy.

It is a mount namespace, so that accounts can be made, and the commands of ``deploy/README.md`` typed as they stand, without a trace on the
machine that tests.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from postwar import paths

README = (paths.COURSE / "deploy" / "README.md").read_text(encoding="utf-8")
PASSWORD = "correct horse 7"
STUDENTS = ["ada", "ben", "cem"]
SLUG = "01-planning-peace"
# what pip and npm of this machine are told about the way to their registries
_REACHES_REGISTRIES = re.compile(r"^(pip|npm|node)_|proxy|(^|_)(ssl|ca)_", re.IGNORECASE)


def typed(mark: str) -> list[str]:
    """The commands of README.md's block below the remark ``<!-- mark -->``, one a line."""
    (block,) = re.findall(rf"<!-- {mark} -->\n```\n(.+?)\n```", README, flags=re.DOTALL)
    return block.splitlines()


def need(condition, reason):
    """Skip, or fail in CI, where the machine that tests lacks something."""
    if not condition:
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)


def open_python() -> Path:
    """A Python of this version that every account can run, and that makes virtual environments."""
    for path in (Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}", Path("/usr/bin/python3")):
        if path.exists() and all(part.stat().st_mode & 1 for part in path.resolve().parents):
            ask = "import ensurepip, sys; print(sys.version_info[1])"
            said = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False).stdout.strip()
            if said == str(sys.version_info[1]):
                return path
    need(False, "no Python of this version that every account can run")
    raise AssertionError


class Machine:
    """The machine. ``path`` is where something of it lies on the machine that tests, ``run`` runs a command in an account."""

    def __init__(self, base: Path):
        need(hasattr(os, "geteuid") and os.geteuid() == 0, "accounts can be made by root only")
        need(all(map(shutil.which, ("unshare", "nsenter", "useradd", "npm"))), "unshare, useradd or npm is missing")
        self.base, self._hub = base, None
        self.log = base / "hub.log"
        base.chmod(0o755)
        for name in ("opt", "srv", "home", "mail"):
            (base / name).mkdir(mode=0o755)
        (base / "mail").chmod(0o1777)
        shutil.copytree("/etc", base / "etc", symlinks=True, ignore_dangling_symlinks=True)
        for name in ("shadow", "gshadow"):
            (base / "etc" / name).chmod(0o640)
        python = open_python()
        (base / "opt" / "python").mkdir()
        (base / "opt" / "python" / "python3").symlink_to(python)
        mounts = [f"mount --bind {base}/{name} /{name}" for name in ("etc", "opt", "srv", "home")]
        mounts.append(f"mount --bind {base}/mail /var/mail")
        # The course's repository with its keys is out of sight, as on a machine where it is not.
        here, environment = paths.COURSE.resolve(), Path(sys.prefix).resolve()
        hidden = [here] if environment.is_relative_to(here) else [here, environment]
        mounts += [f"mount -t tmpfs -o mode=700 none {place}" for place in hidden]
        mounts.append("mount -t tmpfs -o mode=1777 none /tmp")
        script = " && ".join(["cd /", *mounts, "echo ready", "exec sleep infinity"])
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", script], stdout=subprocess.PIPE, text=True
        )
        need(self._holder.stdout.readline() == "ready\n", "this machine lets nobody make a mount namespace")
        self.root_environment = {
            "PATH": "/opt/npm/bin:/opt/python:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "npm_config_prefix": "/opt/npm",
            "npm_config_fund": "false",
            **{name: value for name, value in os.environ.items() if _REACHES_REGISTRIES.search(name)},
        }
        self.environments = {}

    def path(self, place: str) -> Path:
        """Where a file of this machine lies, seen from outside."""
        return self.base / place.lstrip("/")

    def _inside(self, account, command, folder, environment):
        enter = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt"]
        become = ["setpriv", f"--reuid={account}", f"--regid={account}", "--init-groups"] if account != "root" else []
        words = [f"{name}={value}" for name, value in environment.items()]
        return [*enter, *become, "env", "-i", *words, "bash", "-c", f"cd {folder} && {command}"]

    def environment(self, account: str) -> dict[str, str]:
        """What a terminal of the account has: that of its server on the hub once there is one."""
        plain = {"HOME": f"/home/{account}", "USER": account, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        return self.environments.get(account) or (self.root_environment if account == "root" else plain)

    def run(self, account: str, command: str, *, folder="", check=True, timeout=300):
        """Run a line of shell in an account, in a folder below its home; ``check`` asks for exit status 0."""
        folder = Path("/srv/course" if account == "root" else f"/home/{account}", folder)
        done = subprocess.run(
            self._inside(account, command, folder, self.environment(account)),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"{account}: {command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    @contextmanager
    def opened(self, account: str, command: str, folder: str):
        """Run a command that stays, such as a server, and end it afterwards; yields a function that tells what it has said."""
        log = self.base / f"{account}.log"
        with log.open("w") as output:
            inside = self._inside(account, f"exec {command}", folder, self.environment(account))
            process = subprocess.Popen(inside, stdout=output, stderr=output)
        try:
            yield log.read_text
        finally:
            process.terminate()
            process.wait(60)

    def bring_libraries(self):
        """Put the libraries of the environment that tests into /opt/postwar, so that pip need not fetch them."""
        source = Path(sysconfig.get_path("purelib"))
        (target,) = self.path("/opt/postwar/lib").glob("python3*/site-packages")
        for item in source.iterdir():
            if not (target / item.name).exists() and not re.match(r"_?_?postwar", item.name):
                _link(item, target / item.name)
        for name in ("share", "etc"):
            _link(Path(sys.prefix, name), self.path("/opt/postwar") / name)
        scripts = self.path("/opt/postwar/bin")
        for script in Path(sys.prefix, "bin").iterdir():
            if script.name.startswith(("jupyter", "nbgrader", "alembic")):
                text = script.read_text(encoding="utf-8")
                (scripts / script.name).write_text(re.sub(r"\A#!.*", "#!/opt/postwar/bin/python", text))
                (scripts / script.name).chmod(0o755)

    def start_hub(self, command: str) -> str:
        """Start the hub by a command of README.md on free ports; returns its address."""
        public, hub, api = _free_ports(3)
        options = (
            f"--JupyterHub.bind_url=http://127.0.0.1:{public} --JupyterHub.hub_port={hub} "
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{api} --Spawner.args=--LabApp.expose_app_in_browser=True"
        )
        log = self.log.open("w")
        self._hub = subprocess.Popen(
            self._inside("root", f"exec env {command} {options}", "/", self.root_environment), stdout=log, stderr=log
        )
        self.url = f"http://127.0.0.1:{public}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/hub/health", timeout=5).close()
                return self.url
            except OSError:
                assert self._hub.poll() is None, self.log.read_text()[-4000:]
                time.sleep(0.2)
        raise AssertionError(f"no hub after two minutes:\n{self.log.read_text()[-4000:]}")

    def ids(self, account: str) -> int:
        """The number of an account."""
        return int(self.run("root", f"id -u {account}", folder="/").stdout)

    def processes(self, account: str) -> list[int]:
        """Ids of an account's processes."""
        uid = self.ids(account)
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if place.stat().st_uid == uid and self._is_ours(place):
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    def _is_ours(self, place):
        return os.readlink(place / "ns" / "mnt") == os.readlink(f"/proc/{self._holder.pid}/ns/mnt")

    def learn_environment(self, account: str):
        """From now on `run` gives an account what its server on the hub has."""
        for pid in self.processes(account):
            if b"singleuser" in Path(f"/proc/{pid}/cmdline").read_bytes():
                words = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
                self.environments[account] = dict(word.split("=", 1) for word in words if "=" in word)
                return
        raise AssertionError(f"{account} has no server")

    def close(self):
        """End everything that runs in the machine; nothing of it stays."""
        if self._hub and self._hub.poll() is None:
            self._hub.terminate()
            try:
                self._hub.wait(60)
            except subprocess.TimeoutExpired:
                self._hub.kill()
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if int(place.name) != self._holder.pid and self._is_ours(place):
                    os.kill(int(place.name), 9)
            except OSError:
                continue
        self._holder.kill()
        self._holder.wait()


def _link(source, target):
    """Copy a file or folder, as hard links where that is possible."""
    if subprocess.run(["cp", "-al", source, target], capture_output=True, check=False).returncode:
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
