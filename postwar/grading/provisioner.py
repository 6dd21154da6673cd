"""Warm kernels for anything that starts kernels through jupyter_client: plain nbgrader, formgrader, nbclient.

A kernel whose specification names the provisioner ``postwar-warm`` is forked from a process that has the heavy libraries
loaded, instead of starting cold. Where fork is not available, ordinary kernels are started, and this is said once.
"""

import asyncio
import atexit
import contextlib
import os
import socket
import sys
import time
import warnings
from queue import Empty

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbgrader.preprocessors import Execute
from traitlets import Type, default

from postwar.grading import forkserver

#: The longest time to wait for a kernel to listen and for a killed one to end; jupyter_client then does what it always does.
_START, _END = 10, 2

_server = None


def shared_server():
    """This process's fork server, started at first use."""
    global _server  # noqa: PLW0603
    if _server is None or not _server.alive:
        _server = forkserver.ForkServer()
        atexit.register(_server.close)
    return _server


def is_this_python(kernel_spec):
    """Whether *kernel_spec* starts an ipykernel with the Python that runs now."""
    argv = kernel_spec.argv
    ipykernel = "ipykernel_launcher" in argv or "ipykernel" in argv
    return ipykernel and (
        os.path.basename(argv[0]) in ("python", "python3")
        or os.path.realpath(argv[0]) == os.path.realpath(sys.executable)
    )


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking; everything else is as for a local kernel."""

    async def launch_kernel(self, cmd, **kwargs):
        if not forkserver.AVAILABLE or not is_this_python(self.kernel_spec):
            warnings.warn(
                "No warm kernels here (they need Linux and a Python kernel): starting ordinary ones.", stacklevel=2
            )
            return await super().launch_kernel(cmd, **kwargs)
        start = next(i for i, word in enumerate(cmd) if word in ("ipykernel_launcher", "ipykernel")) + 1
        env = kwargs.get("env") or dict(os.environ)
        cwd = kwargs.get("cwd")
        server = shared_server()
        argv = [*cmd[start:], f"--IPKernelApp.parent_handle={server.pid}"]
        listening, theirs = socket.socketpair()
        with listening:
            with theirs:
                self.process = server.spawn(
                    f"{__name__}:run_kernel", {"argv": argv}, fds=[theirs.fileno()], env=env, cwd=cwd
                )
            self.pid = self.pgid = self.process.pid
            self.cwd = cwd or os.getcwd()
            # A client that connects before the kernel listens tries again only after 0.1 s.
            await _heard(listening, timeout=_START)
        return self.connection_info

    async def kill(self, restart=False):
        """Also waits for the end, which comes within milliseconds; jupyter_client would look after 0.1 s."""
        await super().kill(restart)
        if isinstance(self.process, forkserver.ForkedProcess) and self.process.poll() is None:
            await _heard(self.process, timeout=_END)


async def _heard(source, timeout):
    """Wait until *source* has something to read, be it the end, or *timeout* seconds are over."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(source, readable.set)
    try:
        await asyncio.wait_for(readable.wait(), timeout)
    except TimeoutError:
        pass
    finally:
        loop.remove_reader(source)


def run_kernel(listening, argv):
    """Run an ordinary ipykernel in this forked process until it is told to stop; closes *listening* once it listens."""
    from ipykernel.kernelapp import IPKernelApp

    sys.path.insert(0, "")  # as ``python -m`` does: modules beside the notebook
    try:
        app = IPKernelApp.instance()
        app.initialize(argv)
        os.close(listening)
        app.start()
    finally:
        atexit._run_exitfuncs()


class QuickClient(AsyncKernelClient):
    """Is ready once the kernel has answered on both channels; the usual client then listens 0.2 s longer for more."""

    async def wait_for_ready(self, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        with contextlib.suppress(Empty):  # the kernel greets a subscriber; what it publishes before that is lost
            await self.get_iopub_msg(timeout=0.2)
        while not await self._has_answered():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if end is not None and time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _has_answered(self):
        request = self.kernel_info()
        try:
            reply = await self.get_shell_msg(timeout=1)
            self._handle_kernel_info_reply(reply)
            while True:
                message = await self.get_iopub_msg(timeout=0.2)
                idle = message["content"].get("execution_state") == "idle"
                if idle and message["parent_header"].get("msg_id") == request:
                    return True
        except Empty:  # not connected yet: what was sent on that channel is lost
            return False


class WarmKernelManager(AsyncKernelManager):
    """Starts Python kernels through :class:`WarmProvisioner`, other kernels as usual."""

    client_class = f"{__name__}.{QuickClient.__name__}"
    client_factory = Type(QuickClient, config=True)

    @property
    def kernel_spec(self):
        spec = super().kernel_spec
        if spec is None or not is_this_python(spec):
            return spec
        warm = KernelSpec(**spec.to_dict())
        warm.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": "postwar-warm"}}
        return warm


class WarmExecute(Execute):
    """nbgrader's Execute on warm kernels; configured as ``Execute``."""

    kernel_manager_class = Type(WarmKernelManager, config=True)

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("kernel_manager_class", WarmKernelManager)
        super().__init__(*args, **kwargs)

    @default("shutdown_kernel")
    def _shutdown_kernel_default(self):
        return "immediate"
