"""A JupyterHub for one class on one machine: accounts of the system, nbgrader's exchange, formgrader for instructor and assistants.

README.md beside this file says how to set it up. What differs between machines comes from the environment:

POSTWAR_HUB      folder of the hub's own state (default /srv/postwar; mode 0711)
POSTWAR_GRADER   the account that owns the class folder and grades (default grader)
POSTWAR_CLASS    the class folder (default ~grader/class)
POSTWAR_READERS  who may open formgrader: accounts with commas between them
"""

import csv
import os
import pwd
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
HUB = Path(os.environ.get("POSTWAR_HUB", "/srv/postwar"))
GRADER = os.environ.get("POSTWAR_GRADER", "grader")
CLASS = Path(os.environ.get("POSTWAR_CLASS") or Path(pwd.getpwnam(GRADER).pw_dir) / "class")
READERS = [name.strip() for name in os.environ.get("POSTWAR_READERS", "").split(",") if name.strip()]

for path in (Path(sys.executable), Path(sys.executable).resolve(), HERE):
    for part in (path, *path.parents):
        if not part.stat().st_mode & 0o001:
            raise SystemExit(
                f"Students cannot use {path}: {part} is closed to them. Make the environment from a Python outside home folders."
            )

state = HUB / "state"
state.mkdir(mode=0o700, parents=True, exist_ok=True)
state.chmod(0o700)
HUB.chmod(0o711)
exchange = HUB / "exchange"
exchange.mkdir(exist_ok=True)
exchange.chmod(0o1777)  # with the sticky bit nobody moves a course away; nbgrader refuses less than writable

# What every server gets. The environment's own Jupyter settings are found without being named.
environment = {
    "JUPYTER_CONFIG_PATH": os.pathsep.join(
        filter(None, [str(HERE / "settings"), os.environ.get("JUPYTER_CONFIG_PATH")])
    ),
    "NBGRADER_EXCHANGE": str(exchange),
    "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "/usr/bin:/bin")]),
}

c = get_config()  # noqa: F821  (provided by traitlets when it reads this file)
c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # behind a web server with a certificate
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.ConfigurableHTTPProxy.command = [shutil.which("configurable-http-proxy") or "configurable-http-proxy"]
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allow_all = True
c.PAMAuthenticator.open_sessions = False

c.Spawner.cmd = [str(BIN / "python"), str(HERE / "single_user.py")]
c.Spawner.default_url = "/lab/tree/securing-the-peace/lessons/00-start-here.ipynb"
c.Spawner.environment = environment
c.Spawner.env_keep = [*(name for name in ("JUPYTER_PATH", "LANG", "LC_ALL") if name in os.environ)]
c.Spawner.http_timeout = c.Spawner.start_timeout = 120


def close(name):
    """Close an account's home folder, which Debian leaves open to everybody."""
    os.chmod(pwd.getpwnam(name).pw_dir, 0o700)


# Whoever has not logged in yet has an open home as well, and may keep work in it.
accounts = {account.pw_name for account in pwd.getpwall()}
if (roster := CLASS / "roster.csv").exists():
    with roster.open(encoding="utf-8", newline="") as file:
        for student in csv.DictReader(file):
            if student["id"] in accounts:
                close(student["id"])


def prepare(spawner):
    """Close the home of an account that came later; the grading account's server shows the class."""
    name = spawner.user.name
    close(name)
    if name == GRADER:
        spawner.environment = environment | {"POSTWAR_CLASS": str(CLASS)}
        spawner.notebook_dir, spawner.default_url = str(CLASS), "/formgrader"


c.Spawner.pre_spawn_hook = prepare

# Instructor and assistants share the server of the account that owns the class folder. It starts when one of them asks for it:
# a service would have to answer within ten seconds, or JupyterHub stops.
c.JupyterHub.load_groups = {"graders": {"users": READERS}, "grading": {"users": [GRADER]}}
c.JupyterHub.load_roles = [
    {
        "name": "graders",
        "groups": ["graders"],
        "scopes": [f"{scope}!user={GRADER}" for scope in ("access:servers", "servers", "list:users")],
    }
]
