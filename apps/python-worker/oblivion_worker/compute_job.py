"""Computes a job under its lease."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime
from re import sub
from typing import Any, Callable

from .api import CallFailed, NodeApi
from .canonical_json import canonical_json, result_hash
from .job_process import JobProcess
from .leaving import Leaving
from .read_input import InputFault, read_input

_LEAST_MARGIN_SECONDS = 2.0
_MARGIN = 0.05
"""So much of a job's time, and at least the above, is left to give back what will not be done in it."""
_LOOK_SECONDS = 0.1
"""Between two looks at whether somebody wants the job to end."""


@dataclass(frozen=True)
class Computed:
    report: dict[str, Any] | None
    """What `work_cycle` is told; None where nothing is, since the job is not ours any more."""
    fault: str = ""
    """Why the job was given back, where that is this machine's doing."""
    code: str = ""
    """That as an error of docs/errors.md, for where nobody else takes the job."""


def compute_job(
    api: NodeApi,
    job: dict[str, Any],
    leaving: Leaving,
    on_progress: Callable[[float], None],
) -> Computed:
    """Runs until the program ends, the lease is lost or cancelled, time is up, or somebody stops the worker.

    Raises:
        CallFailed: where the server refuses this node.
    """
    began = time.monotonic()
    # The server's clock began before its answer came here, and what it ends itself counts as the program's failure.
    limit = job["limits"]["timeoutSeconds"]
    ends_at = began + limit - max(_LEAST_MARGIN_SECONDS, limit * _MARGIN)

    def report(outcome: str, **more: Any) -> dict[str, Any]:
        metrics = {"elapsedMs": round((time.monotonic() - began) * 1000)}
        return {"jobId": job["jobId"], "attempt": job["attempt"], "outcome": outcome, "metrics": metrics, **more}

    try:
        process = JobProcess(job["program"]["name"], read_input(api, job, ends_at))
        try:
            said = _watch(api, job, process, leaving, on_progress, ends_at)
        finally:
            process.end()
    except InputFault as fault:
        return Computed(report("failed", error=f"OB205: {fault}"))
    if "gone" in said:
        return Computed(None)
    if "result" in said:
        size = len(canonical_json(said["result"]).encode("utf-8"))
        most = job["limits"]["maxResultBytes"]
        if size > most:
            # No built-in of today makes one; Storage is for those that do.
            return Computed(
                report("released"), f"a result of {size} bytes is more than a report carries ({most})", "OB011"
            )
        return Computed(report("succeeded", result=said["result"], resultHash=result_hash(said["result"])))
    if "error" in said:
        return Computed(report("failed", error=f"OB205: {said['error']}"))
    return Computed(report("released"), said.get("fault", ""), said.get("code", ""))


def _watch(
    api: NodeApi,
    job: dict[str, Any],
    process: JobProcess,
    leaving: Leaving,
    on_progress: Callable[[float], None],
    ends_at: float,
) -> dict[str, Any]:
    """`{result}`, `{error}`, `{gone}` where it is not ours any more, or why it is not done here: `{fault, code}`."""
    limit = job["limits"]["timeoutSeconds"]
    lease_ends_at = _lease_end(job["leaseExpiresAt"])
    beats_at = time.monotonic() + api.heartbeat_seconds
    progress = 0.0
    failures = 0
    while True:
        said = process.hear(_LOOK_SECONDS)
        if said is not None:
            if "died" in said:
                return {"fault": f"the program ended without a result: {said['died'][-1000:]}", "code": "OB209"}
            if "progress" not in said:
                return said
            progress = said["progress"]
            on_progress(progress)
        if leaving.stop.is_set():
            return {"fault": ""}
        now = time.monotonic()
        if now >= ends_at:
            # A built-in ends: that it has not is this machine's slowness, which is not to count against the program.
            slow = f"not done within the {limit} s that the task allows: this machine is too slow for it"
            return {"fault": slow, "code": "OB208"}
        if now < beats_at:
            continue
        try:
            answer = api.heartbeat(job["jobId"], job["attempt"], progress)
        except CallFailed as failure:
            if not failure.transient:
                raise
            failures += 1
            # Asked once more even after a long sleep of the machine: the server may have been patient.
            if time.time() >= lease_ends_at:
                return {"gone": True}
            beats_at = time.monotonic() + min(api.heartbeat_seconds, retry_delay(failures))
            continue
        if answer.get("cancel") or answer.get("leaseExpiresAt") is None:
            return {"gone": True}
        failures = 0
        lease_ends_at = _lease_end(answer["leaseExpiresAt"])
        beats_at = time.monotonic() + api.heartbeat_seconds


def _lease_end(expires_at: str) -> float:
    """By this machine's clock, which may be wrong by hours: the server's time is taken as far as it suits a lease."""
    now = time.time()
    try:
        # To the second: before 3.11 Python reads fractions of three or six figures alone, and no Z.
        told = datetime.fromisoformat(sub(r"\.\d+", "", expires_at).replace("Z", "+00:00")).timestamp() - now
    except ValueError:
        told = 0.0
    return now + min(900.0, max(30.0, told))


def retry_delay(failures: int) -> float:
    """Seconds to wait after the n-th failure in a row: from 1 s up to a minute, the upper half of it by chance."""
    return min(60.0, 2.0 ** min(6, max(1, failures) - 1)) * (0.5 + random.random() / 2)
