"""The input of a job: what the answer brings of it, and what lies in Storage."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from .api import CallFailed, NodeApi
from .parse_json import parse_json

_MAX_DEPTH = 64
"""As of every value in a chunk."""
_NOT_OF_THE_OBJECT = (401, 403, 408, 429)
"""Refusals of who asks, or of asking now."""
_OWN = "Its stored input"
_PREVIOUS = "The stored result of the stage before it"


class InputFault(Exception):
    """The customer's fault, as every node would find it, in the words that every node has for it."""


def read_input(api: NodeApi, job: dict[str, Any], ends_at: float) -> Any:
    """The input as the program gets it, if it is here by then (`time.monotonic`). Raises InputFault, CallFailed."""
    places = job.get("inputUrl")
    if not places:
        return job["input"]
    if isinstance(places, str):
        return _read_json(api, places, _OWN, ends_at)
    parts = {
        name: _read_json(api, places[name], what, ends_at)
        for name, what in (("input", _OWN), ("previous", _PREVIOUS))
        if places.get(name)
    }
    return {**job["input"], **parts}


def _read_json(api: NodeApi, place: str, what: str, ends_at: float) -> Any:
    try:
        found = api.stored(place, ends_at)
    except CallFailed as failure:
        if 400 <= failure.status < 500 and failure.status not in _NOT_OF_THE_OBJECT:
            raise InputFault(f"{what} is not there.") from failure
        # Storage's trouble or this node's: the job is given back.
        failure.transient = True
        raise
    if sha256(found).hexdigest() != place[-64:]:
        raise InputFault(f"{what} has another hash than its name.")
    try:
        # A byte order mark is not part of the text, as for JavaScript's TextDecoder.
        value = parse_json(found.decode("utf-8-sig", "replace"))
        deep = _is_deep(value, _MAX_DEPTH)
    except ValueError:
        raise InputFault(f"{what} is no JSON.") from None
    except RecursionError:
        deep = True
    if deep:
        raise InputFault(f"{what} is nested deeper than {_MAX_DEPTH} levels.")
    return value


def _is_deep(value: Any, levels: int) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return members is not None and (levels == 0 or any(_is_deep(member, levels - 1) for member in members))
