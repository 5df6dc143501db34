"""The loop of a node: ask, compute, report, and again. A node has as many slots as jobs at once."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from .api import CallFailed, NodeApi
from .compute_job import compute_job, retry_delay
from .leaving import Leaving
from .log import Log
from .programs import PROGRAMS

_STOP_DEADLINE_SECONDS = 2.0
"""How long a stopping slot waits for the server to take its job back; after that the lease says it."""
_MAX_WAIT_MS = 120_000
"""The longest that a server's word keeps a node from asking again."""
_MAX_FULL_WAIT_MS = 5_000
"""The longest pause of a slot that is told but of what another slot computes: there may be room at any time."""
_FINISH_TRIES = 9
"""So often, over some 4 minutes, a finishing slot offers its result to a network that is away."""


class AtHand:
    """Which attempts are in work here: who may have no other is told of one again, in case its answer was lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: set[tuple[str, int]] = set()

    def take(self, job: dict[str, Any]) -> bool:
        """False where another slot has it."""
        with self._lock:
            known = len(self._attempts)
            self._attempts.add((job["jobId"], job["attempt"]))
            return len(self._attempts) > known

    def drop(self, job: dict[str, Any]) -> None:
        with self._lock:
            self._attempts.discard((job["jobId"], job["attempt"]))

    def __len__(self) -> int:
        return len(self._attempts)


class GivenBack:
    """The latest jobs that this machine could not do. One that comes back comes since nobody else takes it."""

    def __init__(self) -> None:
        self._jobs: deque[str] = deque(maxlen=1000)

    def knew(self, job: dict[str, Any]) -> bool:
        """Whether it was here before; from now on it was."""
        known = job["jobId"] in self._jobs.copy()
        self._jobs.append(job["jobId"])
        return known


class Slot(threading.Thread):
    """Computes one job at a time until the worker leaves. `failed` says whether it ended for a reason of its own."""

    def __init__(
        self,
        name: str,
        api: NodeApi,
        leaving: Leaving,
        at_hand: AtHand,
        given_back: GivenBack,
        log: Log,
        poll_interval_ms: int,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.failed = False
        self._api = api
        self._leaving = leaving
        self._at_hand = at_hand
        self._given_back = given_back
        self._log = log
        self._poll_interval_ms = poll_interval_ms
        self._faults = 0
        """Jobs in a row that could not be computed by no fault of theirs."""
        self._rest_seconds = 0.0
        """So long no job is asked for."""

    def run(self) -> None:
        try:
            self._work()
        except CallFailed as failure:
            self.failed = True
            self._log.error(f"stopped: {failure}", worker=self.name, code=failure.code)
        except Exception as fault:  # A fault of this program: told, and not hidden behind a worker that seems to run.
            self.failed = True
            self._log.error(f"stopped: {fault!r}", worker=self.name)

    def _work(self) -> None:
        leaving = self._leaving
        held: dict[str, Any] | None = None
        report: dict[str, Any] | None = None
        failures = full = 0
        while report is not None or not leaving.finish.is_set():
            try:
                answer = self._ask(report)
            except CallFailed as failure:
                if not failure.transient:
                    raise
                if leaving.stop.is_set():
                    return  # Its lease ends by itself.
                failures += 1
                if leaving.finish.is_set() and failures > _FINISH_TRIES:
                    self._log.warn("the server cannot be reached; the result at hand is given up", worker=self.name)
                    return
                if failures == 2:
                    self._log.warn("the server cannot be reached; trying again by itself", worker=self.name)
                # A result at hand is worth the wait even on finishing; stopping ends it.
                (leaving.finish if report is None else leaving.stop).wait(retry_delay(failures))
                continue
            if failures > 1:
                self._log.info("the server is back", worker=self.name)
            failures = 0
            if held is not None and report is not None:
                self._tell_report(held, report, answer)
                self._at_hand.drop(held)
            held = report = None
            job = answer.get("job")
            if job is None or not self._at_hand.take(job):
                # The answer with a job asks to come back at once; here that would be so until the other slot is done.
                full = 0 if job is None else full + 1
                pause_ms = min(_MAX_FULL_WAIT_MS, 100 * 2 ** min(full, 6))
                told = max(answer.get("retryMs") or 0, self._poll_interval_ms, pause_ms, self._rest_seconds * 1000)
                self._rest_seconds = 0.0
                leaving.sleep(min(_MAX_WAIT_MS, told) / 1000)
                continue
            full = 0
            held = job
            report = self._compute(job)
            if report is None:
                self._at_hand.drop(job)
                self._log.info(f"{_chunk(job)} is not wanted any more", worker=self.name, jobId=job["jobId"])

    def _ask(self, report: dict[str, Any] | None) -> dict[str, Any]:
        claim = self._rest_seconds == 0 and not self._leaving.finish.is_set()
        if self._leaving.stop.is_set():
            return self._api.work_cycle(report, claim, _STOP_DEADLINE_SECONDS)
        return self._api.work_cycle(report, claim)

    def _compute(self, job: dict[str, Any]) -> dict[str, Any] | None:
        back = {"jobId": job["jobId"], "attempt": job["attempt"], "outcome": "released"}
        again = f", attempt {job['attempt']}" if job["attempt"] > 1 else ""
        self._log.info(
            f"{job['type']}: chunk {job['chunkIndex'] + 1} of {job['chunkCount']} of “{job['title']}”{again}",
            worker=self.name,
            jobId=job["jobId"],
            attempt=job["attempt"],
        )
        program = job["program"]
        if self._leaving.finish.is_set():
            return back  # The answer to a poll that was under way when somebody asked to leave.
        if program.get("kind") != "builtin" or program.get("name") not in PROGRAMS:
            return self._give_back(job, back, "it needs a program that a Python node does not have", "OB207")
        try:
            computed = compute_job(self._api, job, self._leaving, lambda share: self._tell_progress(job, share))
        except (CallFailed, OSError) as failure:
            # OSError: without memory or handles, for a moment, no process can be started.
            if isinstance(failure, CallFailed) and not failure.transient:
                raise
            # The next one would meet the same: without a pause each costs its owner a claim, and the server two calls.
            self._faults += 1
            self._rest_seconds = retry_delay(self._faults)
            self._log.warn(f"{_chunk(job)} is given back: {failure}", worker=self.name, jobId=job["jobId"])
            return back
        self._faults = 0
        if computed.report is not None and computed.fault:
            return self._give_back(job, computed.report, computed.fault, computed.code)
        return computed.report

    def _give_back(self, job: dict[str, Any], report: dict[str, Any], fault: str, code: str) -> dict[str, Any]:
        """To whoever can do it; where nobody takes it, a failure: else slow machines would hand it on for ever."""
        self._log.warn(f"{_chunk(job)} is not done here: {fault}", worker=self.name, jobId=job["jobId"])
        return {**report, "outcome": "failed", "error": code} if self._given_back.knew(job) else report

    def _tell_progress(self, job: dict[str, Any], share: float) -> None:
        self._log.debug(f"{share * 100:.0f} %", worker=self.name, jobId=job["jobId"])

    def _tell_report(self, job: dict[str, Any], report: dict[str, Any], answer: dict[str, Any]) -> None:
        fields = {
            "worker": self.name,
            "jobId": job["jobId"],
            "outcome": report["outcome"],
            "accepted": answer["accepted"],
        }
        seconds = report.get("metrics", {}).get("elapsedMs", 0) / 1000
        if report["outcome"] == "released":
            self._log.info(f"gave back {_chunk(job)}", **fields)
        elif report["outcome"] == "failed":
            self._log.warn(f"the program of {_chunk(job)} failed: {report['error']}", **fields)
        elif answer["accepted"]:
            self._log.info(f"{_chunk(job)} accepted after {seconds:.1f} s", **fields)
        else:
            self._log.warn(f"{_chunk(job)} refused: {answer.get('reason') or 'no reason given'}", **fields)


def _chunk(job: dict[str, Any]) -> str:
    return f"chunk {job['chunkIndex'] + 1} of “{job['title']}”"
