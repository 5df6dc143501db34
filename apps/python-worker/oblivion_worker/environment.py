"""Variables: their names, what they have to look like, and what to do where one is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .log import LEVELS
from .usage_error import UsageError

Environment = Mapping[str, str]

_WHAT_TO_DO = {
    "SUPABASE_URL": "the project that the node works for",
    "SUPABASE_KEY": "the project's public (anon) key",
    "NODE_ID": "which node this is",
    "NODE_KEY": "the key of that node",
}
_REGISTER = (
    "NODE_ID and NODE_KEY come of `Add a machine` on the dApp's Wallet page, or of "
    "`oblivion register --worker-type python`. Put all four into .env.local; for the local stack say --dev instead."
)
_OTHER_NAMES = {
    "SUPABASE_URL": ("NEXT_PUBLIC_SUPABASE_URL",),
    "SUPABASE_KEY": ("NEXT_PUBLIC_SUPABASE_ANON_KEY",),
    "HARDWARE_ID": ("WORKER_ID", "BOT_ID"),
}


def with_env_file(environment: Environment, file: Path) -> dict[str, str]:
    """The environment, and what a file of `NAME=value` lines adds to it: what is set already stays."""
    if not file.is_file():
        return dict(environment)
    return {**parse_env_file(file.read_text(encoding="utf-8")), **environment}


def parse_env_file(text: str) -> dict[str, str]:
    """`NAME=value` lines; a value may be quoted, `export` may go before, `#` begins a comment."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(
            r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^#]*))\s*(?:#.*)?", line
        )
        if match:
            name, double, single, bare = match.groups()
            found[name] = next(value for value in (double, single, bare.strip() if bare else "") if value is not None)
    return found


def read(environment: Environment, name: str) -> str | None:
    """A variable, by its other names in turn where it is unset; None where each is unset or empty."""
    values = (environment.get(each, "").strip() for each in (name, *_OTHER_NAMES.get(name, ())))
    return next((value for value in values if value), None)


def require_all(environment: Environment) -> tuple[str, str, str, str]:
    """Address and key of the project, ids and keys of the nodes. Raises UsageError, which names all that is missing."""
    values = {name: read(environment, name) for name in _WHAT_TO_DO}
    missing = [f"{name} ({_WHAT_TO_DO[name]})" for name, value in values.items() if value is None]
    if missing:
        raise UsageError(f"Not set: {', '.join(missing)}. {_REGISTER}")
    return tuple(value or "" for value in values.values())  # type: ignore[return-value]


def read_url(environment: Environment, name: str, value: str | None = None) -> str:
    url = value or read(environment, name) or ""
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise UsageError(f"The environment variable {name} is not a URL that begins with http:// or https://.")
    return url.rstrip("/")


def read_log_level(environment: Environment) -> str:
    level = read(environment, "LOG_LEVEL") or "info"
    if level not in LEVELS:
        raise UsageError(f"The environment variable LOG_LEVEL is none of {', '.join(LEVELS)}.")
    return level


def read_poll_interval(environment: Environment) -> int:
    text = read(environment, "POLL_INTERVAL") or "1"
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise UsageError("The environment variable POLL_INTERVAL is not a whole number of milliseconds from 1.")
    return int(text)


def parse_usdc(text: str, name: str) -> int:
    """An amount as people write it, in units of 0.000001. Raises UsageError, which names where it came from."""
    match = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,6}))?", text.strip())
    if not match:
        raise UsageError(f"{name} takes an amount in USDC such as 0.25, with at most 6 figures after the point.")
    whole, fraction = match.groups()
    return int(whole) * 1_000_000 + int((fraction or "").ljust(6, "0"))


def format_usdc(units: int) -> str:
    whole, fraction = divmod(units, 1_000_000)
    text = f"{fraction:06d}".rstrip("0")
    return f"{whole}.{text}" if text else str(whole)
