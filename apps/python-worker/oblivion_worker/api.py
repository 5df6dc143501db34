"""The server as one node sees it: Supabase's REST protocol by plain HTTP."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request

from .open_request import open_request
from .parse_json import parse_json

_DEADLINE_SECONDS = 15.0
"""Longer than the longest statement that the server allows (8 s)."""
_STORAGE_SECONDS = 120.0
"""16 MiB over a slow line."""
_MOST_BYTES = 32 * 1024 * 1024
_STORAGE_STATUSES = [str(status) for status in range(400, 600)]
_TRANSIENT = ("40001", "40P01", "55P03", "57014")
"""Lost a race inside the database, twice, or ran out of time there, for a lock or for all of it."""


class CallFailed(Exception):
    """A call that the server refused, or that did not reach it. `code` is one of docs/errors.md."""

    def __init__(self, code: str, sentence: str, hint: str = "", transient: bool = False, status: int = 0) -> None:
        super().__init__(f"{sentence}{' ' if hint else ''}{hint} [{code}]")
        self.code = code
        self.transient = transient
        """Whether the same call may succeed later without anybody's doing."""
        self.status = status
        """HTTP's, or the one that Storage writes into its answer; 0 where there is none."""


@dataclass(frozen=True)
class Server:
    supabase_url: str
    """Without a slash at its end."""
    supabase_key: str
    """The public key."""

    def request(
        self, path: str, body: Any = None, headers: dict[str, str] | None = None, deadline: float = _DEADLINE_SECONDS
    ) -> bytes:
        """GET, or POST where there is a body. Raises CallFailed."""
        request = Request(
            f"{self.supabase_url}{path}",
            data=None if body is None else json.dumps(body).encode("utf-8"),
            headers={
                "apikey": self.supabase_key,
                "authorization": f"Bearer {self.supabase_key}",
                "content-type": "application/json",
                **(headers or {}),
            },
        )
        status = 200
        ends_at = time.monotonic() + deadline
        try:
            try:
                with open_request(request, deadline) as response:
                    answer = _body(response, ends_at)
            except HTTPError as refusal:
                with refusal:
                    status = refusal.code
                    answer = refusal.read(_MOST_BYTES)
        except TimeoutError:
            raise CallFailed("OB102", "The server did not answer in time.", transient=True) from None
        except (URLError, HTTPException, OSError) as cause:
            reason = getattr(cause, "reason", cause)
            raise CallFailed("OB101", f"The server cannot be reached: {reason}.", transient=True) from cause
        if status != 200:
            _raise_refusal(path, status, answer)
        if len(answer) > _MOST_BYTES:
            raise CallFailed("OB105", f"The answer of {path} is too large.")
        return answer

    def call(
        self, name: str, arguments: dict[str, Any], headers: dict[str, str], deadline: float = _DEADLINE_SECONDS
    ) -> Any:
        """The answer of a function of the database. Raises CallFailed."""
        return _parsed(name, self.request(f"/rest/v1/rpc/{name}", arguments, headers, deadline))


class NodeApi:
    """What a registered node may ask, by its own key."""

    def __init__(self, server: Server, node_id: str, node_key: str) -> None:
        self._server = server
        self._node_id = node_id
        self._headers = {"x-node-key": node_key}
        self.heartbeat_seconds = 15.0
        """Time between two beats of a job; the server's word once it was asked."""

    def work_cycle(
        self, done: dict[str, Any] | None, claim: bool, deadline: float = _DEADLINE_SECONDS
    ) -> dict[str, Any]:
        """Reports a job, counts as a sign of life, and asks for the next: `{job, retryMs, accepted, reason}`."""
        arguments = {"p_node_id": self._node_id, "p_done": done, "p_claim": claim}
        return _object("work_cycle", self._server.call("work_cycle", arguments, self._headers, deadline))

    def heartbeat(self, job_id: str, attempt: int, progress: float) -> dict[str, Any]:
        """Renews a job's lease: `{leaseExpiresAt, cancel}`."""
        arguments = {"p_node_id": self._node_id, "p_job_id": job_id, "p_attempt": attempt, "p_progress": progress}
        return _object("heartbeat", self._server.call("heartbeat", arguments, self._headers))

    def own_row(self) -> dict[str, Any] | None:
        """How the node is registered; None where it is none of the key's wallet."""
        columns = "worker_type,hardware_id,provider_address,price_per_hour"
        path = f"/rest/v1/nodes?select={columns}&id=eq.{quote(self._node_id)}"
        rows = _parsed("nodes", self._server.request(path, headers=self._headers))
        return rows[0] if isinstance(rows, list) and rows else None

    def resume(self, max_jobs: int | None = None) -> dict[str, Any]:
        """What a process before this one left is given back: `{settings, waitMs}`. No sign of life. Raises CallFailed.

        `max_jobs`: how many jobs are computed at once, where that is less than the server allows.
        """
        arguments = {"p_node_id": self._node_id, **({} if max_jobs is None else {"p_max_jobs": max_jobs})}
        answer = _object("resume_node", self._server.call("resume_node", arguments, self._headers))
        self.heartbeat_seconds = float(answer["settings"]["heartbeatSeconds"])
        return answer

    def stored(self, place: str, ends_at: float) -> bytes:
        """What lies in Storage at a place that the node's job names, if it is here by then. Raises CallFailed."""
        deadline = max(0.1, min(_STORAGE_SECONDS, ends_at - time.monotonic()))
        path = f"/storage/v1/object/authenticated/{quote(place)}"
        return self._server.request(path, headers=self._headers, deadline=deadline)


def _body(response: HTTPResponse, ends_at: float) -> bytes:
    """All of it, but one byte of too many at most. Raises TimeoutError, and IncompleteRead where the line was cut."""
    told = response.headers.get("content-length", "")
    length = min(_MOST_BYTES + 1, int(told) if told.isdigit() else _MOST_BYTES + 1)
    body = bytearray()
    while len(body) < length and (part := response.read1(min(65_536, length - len(body)))):
        body += part
        if time.monotonic() > ends_at:
            raise TimeoutError
    if told and len(body) < length:
        raise IncompleteRead(bytes(body), length - len(body))
    return bytes(body)


def _parsed(call: str, answer: bytes) -> Any:
    try:
        return parse_json(answer) if answer else None
    except (ValueError, RecursionError):
        # Of a proxy's, or of a job that cannot be read here: its lease ends, and the node goes on.
        raise CallFailed("OB105", f"{call} answered what is no JSON.", transient=True) from None


def _object(call: str, answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise CallFailed("OB105", f"{call} answered what this node does not understand.")
    return answer


def _raise_refusal(path: str, status: int, body: bytes) -> NoReturn:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    code = str(said.get("code") or "")
    sentence = str(said.get("message") or said.get("msg") or f"The server refused {path} with status {status}.")
    hint = str(said.get("hint") or "")
    if code.startswith("OB0") and len(code) == 5:
        raise CallFailed(code, sentence, hint)
    if code == "PGRST202":
        raise CallFailed("OB107", f"The database does not have {path}.", "It is older than this node.")
    busy = status in (408, 429) or status >= 502 or code in _TRANSIENT or code.startswith(("53", "57P0"))
    # Storage's own answers come with status 400, and say in themselves what they mean.
    told = str(said.get("statusCode") or "")
    raise CallFailed("OB104", sentence, hint, busy, int(told) if told in _STORAGE_STATUSES else status)
