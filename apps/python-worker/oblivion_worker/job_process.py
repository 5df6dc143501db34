"""A job in a process of its own: it can be ended at any moment, and uses a core that the worker's threads do not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any, cast

_NICE = 10
"""Computing for others comes after whatever else the machine does."""


class JobProcess:
    """Starts computing at once."""

    def __init__(self, program: str, value: Any) -> None:
        self._said: Queue[dict[str, Any] | None] = Queue()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "oblivion_worker.run_job"],
            cwd=Path(__file__).parent.parent,
            # Nothing of the worker's keys; Windows starts no process without its own.
            env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # Ctrl-C in a terminal is for the worker, which decides what becomes of the job.
            start_new_session=True,
        )
        _lower_priority(self._child.pid)
        self._orders = cast("IO[str]", self._child.stdin)
        self._complaint = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self._orders.write(json.dumps({"program": program, "input": value}) + "\n")
            self._orders.flush()
        except OSError:
            pass  # It died before it has read its job, which `hear` tells.

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """`{progress}`, `{result}`, `{error}`, or `{died}` with its last words; None where it is silent."""
        try:
            said = self._said.get(timeout=max(0.0, seconds))
        except Empty:
            return None
        return {"died": self._complaint.strip()} if said is None else said

    def end(self) -> None:
        """Ends it, whatever it does."""
        self._child.kill()
        self._child.wait()
        self._reader.join()
        try:
            self._orders.close()
        except OSError:
            pass  # What it never read is not written any more.

    def _read(self) -> None:
        complaints = threading.Thread(target=self._read_complaints, daemon=True)
        complaints.start()
        with cast("IO[str]", self._child.stdout) as lines:
            for line in lines:
                # Killed, it may have been in the middle of one.
                if line.endswith("\n"):
                    self._said.put(json.loads(line))
        complaints.join()
        self._said.put(None)

    def _read_complaints(self) -> None:
        with cast("IO[str]", self._child.stderr) as complaints:
            self._complaint = complaints.read()


def _lower_priority(pid: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
    except (AttributeError, OSError):
        pass  # Not on this system, or gone already: it computes at the usual priority.
