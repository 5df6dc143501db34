"""What a worker says of itself: lines of JSON for machines, or a time and a sentence at a terminal."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime, timezone
from typing import Any

LEVELS = {"debug": 20, "info": 30, "warn": 40, "error": 50}
"""Names and numbers of `oblivion worker`'s."""


class Log:
    def __init__(self, level: str, as_json: bool) -> None:
        self._least = LEVELS[level]
        self._as_json = as_json
        self._lock = threading.Lock()
        self.several = False
        """Several nodes write to it: a line at a terminal begins with the field `worker`, where it has one."""

    def debug(self, sentence: str, **fields: Any) -> None:
        self._say("debug", sentence, fields)

    def info(self, sentence: str, **fields: Any) -> None:
        self._say("info", sentence, fields)

    def warn(self, sentence: str, **fields: Any) -> None:
        self._say("warn", sentence, fields)

    def error(self, sentence: str, **fields: Any) -> None:
        self._say("error", sentence, fields)

    def _say(self, level: str, sentence: str, fields: dict[str, Any]) -> None:
        if LEVELS[level] < self._least:
            return
        now = datetime.now(timezone.utc)
        if self._as_json:
            time = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            line = json.dumps({"level": LEVELS[level], "time": time, **fields, "msg": sentence}, ensure_ascii=False)
        else:
            mark = f"{level}: " if LEVELS[level] >= LEVELS["warn"] else ""
            who = f"{fields['worker']}: " if self.several and "worker" in fields else ""
            line = f"{now.astimezone():%H:%M:%S}  {printable(f'{who}{mark}{sentence}')}"
        with self._lock:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def printable(text: str) -> str:
    """Strangers' text as it may stand on a terminal: nothing that moves its cursor or turns its lines."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
