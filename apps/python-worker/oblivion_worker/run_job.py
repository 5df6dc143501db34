"""The process that computes one job: `python -m oblivion_worker.run_job`, started by job_process.py.

It reads one line, `{"program", "input"}`, and writes lines: `{"progress"}`, then `{"result"}`, or `{"error"}` where the
program refuses its input. Anything else that goes wrong is a fault of ours: the process ends with its traceback.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from .invalid_input import InvalidInput
from .programs import PROGRAMS


def main() -> None:
    order = json.loads(sys.stdin.readline())
    # The worker keeps this end open as long as it lives: a busy job does not outlive it, whatever ended it.
    threading.Thread(target=_end_with_worker, daemon=True).start()
    try:
        result = PROGRAMS[order["program"]](order["input"], lambda share: _say({"progress": share}))
    except InvalidInput as refusal:
        _say({"error": str(refusal)})
    else:
        _say({"result": result})


def _end_with_worker() -> None:
    # Not by `sys.stdin`, whose lock would be held when the interpreter ends.
    while os.read(0, 4096):
        pass
    os._exit(1)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
