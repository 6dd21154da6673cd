"""Execute one submission in a process of its own, apart from everything else; runs in a fork of the fork server.

It drives nbgrader's way of executing a notebook (nbclient) over two kernels (`pair`), and runs no student code itself. A job and its
result are JSON: see `supervise`.
"""

import asyncio
import contextlib
import functools
import json
import os
import re
import socket

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.output_widget import OutputWidget

from postwar.grading import keeper, kernel, sandbox, wire
from postwar.grading.folders import Folders
from postwar.grading.keeper import Keeper
from postwar.grading.pair import Kernels
from postwar.grading.refusals import Refused


def prepare():
    """Load, in the fork server, what every submission needs: the kernel, and nbformat's schema (compiled at first use)."""
    keeper.prepare()
    kernel.prepare()
    nbformat.v4.new_output("stream")


def start(job_fd, confined, limits):
    """Entry point in the fork server's child, in namespaces of its own if *confined*: read a job from *job_fd*, execute it, write the result back."""
    channel, limits = socket.socket(fileno=job_fd), sandbox.Limits(**limits)
    if confined:
        sandbox.mount_proc()
    supervise(channel, limits, confined=confined)


def supervise(channel, limits, *, confined):
    """Execute the job that arrives on *channel*.

    Job: ``notebooks`` (``[{"name", "nb", "roles", "instructor"}]``), ``files`` and ``trusted`` (``{path: base64}``),
    ``execution`` (nbclient's settings, by name). Result: ``notebooks`` (``{name: outcome}``), ``files`` that the notebooks wrote,
    ``failure`` (a text, or None), ``notes`` (what the instructor may want to look at).
    """
    result = {"notebooks": {}, "files": {}, "failure": None, "notes": []}
    with Folders(limits, confined) as folders:
        # The keeper is forked before the job is read: no process of the student's ever holds the hidden tests in memory.
        keeper = Keeper(folders, limits, confined)
        try:
            job = json.loads(wire.receive_bytes(channel, limit=1 << 30))
            folders.fill(job)
            for notebook in job["notebooks"]:
                run = _Run(notebook, job, limits, folders, channel, keeper)
                result["notebooks"][notebook["name"]] = _outcome(run.execute())
                result["notes"] += run.km.notes
            result["files"] = folders.changed(job)
            result["notes"] += folders.notes
        except Refused as failure:
            result["failure"] = str(failure)
        finally:
            keeper.stop()
        with contextlib.suppress(OSError, wire.WireError):
            _send_result(channel, result)


def _outcome(nb):
    """What execution adds to a notebook."""
    cells = [{key: cell.get(key) for key in ("outputs", "execution_count")} for cell in nb.cells]
    return {"metadata": nb.metadata, "cells": cells}


def _send_result(channel, result):
    body = json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")
    channel.setblocking(True)
    wire.send_bytes(channel, body)


_OUTPUTS = {
    "stream": {"name": str, "text": str},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": int},
}


def _plain_output(kind, content):
    """The output that a message tells of, if all that it holds is of the usual types; else None."""
    types = _OUTPUTS.get(kind)
    if types is None or any(type(content.get(name)) is not types[name] for name in types):
        return None
    output = {"output_type": kind} | {name: content[name] for name in types}
    texts = [*output.get("data", {}).values(), *output.get("traceback", ())]
    if any(type(text) is not str for text in texts) or output.get("execution_count", 0) < 0:
        return None
    return nbformat.from_dict(output)


class _Outputs(OutputWidget):
    """nbclient's mimic of an output widget, but the kernel hears of its outputs before the next cell, rather than of all at each."""

    def sync_state(self):
        self.executor.unsaid[self.comm_id] = super().sync_state


class _Run(NotebookClient):
    """nbclient over the two kernels of one notebook, with the settings of nbgrader's Execute."""

    def __init__(self, notebook, job, limits, folders, channel, keeper):
        self._notebook, self._limits, self._folders, self._channel = notebook, limits, folders, channel
        kernels = Kernels(notebook, limits, folders, keeper)
        super().__init__(nbformat.from_dict(notebook["nb"]), km=kernels, **job["execution"])
        self.kc = kernels.client()
        self.widget_registry = {"@jupyter-widgets/output": {"OutputModel": _Outputs}}
        self.unsaid = {}

    def output(self, outs, msg, display_id, cell_index):
        """nbclient's, which holds each output against a JSON schema; one that is plainly right goes without."""
        plain = _plain_output(msg["msg_type"], msg["content"])
        asked = display_id or self.clear_before_next_output or self.output_hook_stack[msg["parent_header"]["msg_id"]]
        if plain is None or asked:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(plain)
        return plain

    def on_cell_executed(self, cell, cell_index, execute_reply):
        """As nbgrader's Execute: an error that only the reply tells of, such as a time limit, stands in the cell too."""
        error = execute_reply["content"]
        shown = {output.get("ename") for output in cell.outputs if output.output_type == "error"}
        if error["status"] == "error" and error["ename"] not in shown:
            lines = error["traceback"] or ["ERROR: An error occurred while showtraceback was disabled"]
            cell.outputs.append(
                nbformat.from_dict(
                    {"output_type": "error", "ename": error["ename"], "evalue": error["evalue"], "traceback": lines}
                )
            )

    def execute(self):
        """The executed notebook. Raises `Refused` when it could not be run to its end."""
        self.record_timing = False
        try:
            asyncio.run(self._watched())
        finally:
            self.km.stop()
        return self.nb

    async def _watched(self):
        work = asyncio.create_task(self._all_cells())
        gone = asyncio.create_task(self._until_told_to_stop())
        try:
            done, _ = await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED, timeout=self._limits.total)
            if gone in done:
                os._exit(0)
            if work not in done:
                raise Refused(f"took longer than {self._limits.total} s in all{self._where()}")
            work.result()
            await self.km.note_leftovers()
        except DeadKernelError:
            raise Refused(f"{await self.km.cause_of_death()}{self._where()}") from None
        except CellTimeoutError:
            raise Refused(f"an endless loop that cannot be interrupted{self._where()}") from None
        except wire.WireError as error:
            raise Refused(f"{error}{self._where()}") from None
        except Refused:
            raise
        except Exception:  # of nbclient or nbformat, over what the kernel sent
            raise Refused(f"its kernel sent something that is not a message{self._where()}") from None
        finally:
            gone.cancel()
            work.cancel()
            self.km.close()

    async def _until_told_to_stop(self):
        """The coordinator closes its end when it stops; then this process and all below it end at once."""
        loop = asyncio.get_running_loop()
        self._channel.setblocking(False)
        with contextlib.suppress(OSError):
            await loop.sock_recv(self._channel, 1)

    async def _all_cells(self):
        self.km.connect()
        self.reset_execution_trackers()
        self.nb.metadata["language_info"] = kernel.FrameKernel.language_info
        for index, cell in enumerate(self.nb.cells):
            self._index = index
            await self._cell(cell, index, self._notebook["roles"][index])
        self.set_widgets_metadata()

    async def _cell(self, cell, index, role):
        """Student's cells run in the student's kernel; a test in the checker's; what is given, in both."""
        if cell.cell_type != "code" or not cell.source.strip():
            return
        self.kc.count += 1
        if role is None or role["live"]:
            await self._for_student(cell, index)
            self._note_timeout(cell)
            return
        self._folders.mirror()
        if role["test"]:
            self.kc.use("checker", test=True, about=role["about"])
            await self.async_execute_cell(cell, index, self.kc.count)
            if self._note_timeout(cell):
                return
            if self.km.checker.changed or role["leaves"] is None or self._is_named_later(role["leaves"]):
                await self.km.student.run_unseen(role["visible"], self.kc.count, self.timeout)
        else:
            await self.km.checker.run_unseen(cell.source, self.kc.count, self.timeout, about=role["about"])
            await self._for_student(cell, index)

    async def _for_student(self, cell, index):
        self.kc.use("student")
        for say in self.unsaid.values():
            say()
        self.unsaid = {}
        await self.async_execute_cell(cell, index, self.kc.count)

    def _note_timeout(self, cell):
        """Note, for the instructor, that *cell* was stopped at its time limit; says whether it was."""
        stopped = any(output.get("ename") == "CellTimeoutError" for output in cell.outputs)
        if stopped:
            self.km.notes.append(f"took longer than {self.timeout} s{self._where()}")
        return stopped

    def _is_named_later(self, names):
        """Whether the student's kernel will run a cell in which one of *names* occurs."""
        return any(not words.isdisjoint(names) for words in self._words[self._index + 1 :])

    @functools.cached_property
    def _words(self):
        """The words of each cell, as far as the student's kernel runs it."""
        return [set(re.findall(r"\w+", cell.source))
                if cell.cell_type == "code" and not (role and role["test"] and not role["live"]) else set()
                for cell, role in zip(self.nb.cells, self._notebook["roles"], strict=True)]  # fmt: skip

    def _where(self):
        cells = self._notebook["nb"]["cells"]
        index = getattr(self, "_index", 0)
        name = cells[index].get("metadata", {}).get("nbgrader", {}).get("grade_id") or cells[index].get("id", index)
        return f" (in {self._notebook['name']}, cell “{name}”)"
