"""Jupyter's settings for every server of the hub."""

c = get_config()  # noqa: F821  (provided by traitlets when it reads this file)
# By default a kernel says what it runs and prints on a port of the machine, where every account can listen.
# Sockets in the account's own runtime folder cannot be reached from another account.
c.KernelManager.transport = "ipc"
