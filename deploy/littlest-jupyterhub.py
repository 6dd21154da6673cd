"""For The Littlest JupyterHub: lessons are brought up to date at log-in, and the exchange is one that nobody can move away.

Home folders need nothing here: The Littlest JupyterHub closes them to others when it makes the accounts.
"""

from pathlib import Path

settings = Path("/opt/tljh/user/share/postwar/settings")  # a copy of deploy/settings
exchange = Path("/srv/postwar/exchange")
exchange.mkdir(parents=True, exist_ok=True)
exchange.chmod(0o1777)

c = get_config()  # noqa: F821  (provided by traitlets when it reads this file)
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": str(settings), "NBGRADER_EXCHANGE": str(exchange)}
c.Spawner.cmd = [
    "/opt/tljh/user/bin/python",
    "/opt/tljh/user/share/postwar/single_user.py",
]  # a copy of deploy/single_user.py
c.Spawner.default_url = "/lab/tree/securing-the-peace/lessons/00-start-here.ipynb"
