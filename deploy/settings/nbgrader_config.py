"""nbgrader's settings for every server of the hub: where assignments are given out and handed in."""

import os

c = get_config()  # noqa: F821  (provided by traitlets when it reads this file)
c.Exchange.root = os.environ.get("NBGRADER_EXCHANGE", "/srv/postwar/exchange")
c.KernelManager.transport = "ipc"  # for Validate and Autograde, as in jupyter_server_config.py
