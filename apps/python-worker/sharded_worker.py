#!/usr/bin/env python3
"""A Python node of Oblivion: claims jobs, computes built-in programs in processes of their own, reports, and earns.

Python 3.9 or newer and nothing else. `python3 sharded_worker.py --help` says what it takes.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from oblivion_worker.api import CallFailed
from oblivion_worker.chain import look_at_chain
from oblivion_worker.environment import parse_usdc, read, read_log_level, read_poll_interval, with_env_file
from oblivion_worker.leaving import Leaving
from oblivion_worker.log import Log
from oblivion_worker.open_nodes import OpenNode, open_kept_nodes, open_local_nodes
from oblivion_worker.slot import AtHand, GivenBack, Slot
from oblivion_worker.usage_error import UsageError

GRACE_SECONDS = 20.0
"""A job at hand gets this long once somebody asked the worker to end."""


def main() -> int:
    """Exit code: 0, 1 where a node was refused or ended by a fault, 2 where it was called in a wrong way."""
    try:
        return _run(_arguments(), with_env_file(os.environ, Path(".env.local")))
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except (CallFailed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130  # Before it had a job: afterwards it leaves in its own way.


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs a Python node: it computes built-in programs, and earns.")
    parser.add_argument(
        "-n", type=int, metavar="COUNT", help="processes, each with one job; one a processor by default"
    )
    parser.add_argument("--hardware-id", help="with --dev: the name under which the node is registered (HARDWARE_ID)")
    parser.add_argument(
        "--price-per-hour", metavar="USDC", help="with --dev: what a node asks for metered tasks (PRICE_PER_HOUR)"
    )
    parser.add_argument("--dev", action="store_true", help="work for the local stack, with a development wallet")
    parser.add_argument("--account", type=int, default=0, help="with --dev: which development wallet, from 0")
    parser.add_argument("--json", action="store_true", help="log lines of JSON, as where nobody sits at a terminal")
    return parser.parse_args()


def _run(arguments: argparse.Namespace, environment: dict[str, str]) -> int:
    count: int | None = arguments.n
    if count is not None and not 1 <= count <= 64:
        raise UsageError("-n takes a whole number from 1 to 64.")
    if arguments.price_per_hour is not None:
        price: int | None = parse_usdc(arguments.price_per_hour, "--price-per-hour")
    else:
        given = read(environment, "PRICE_PER_HOUR")
        price = None if given is None else parse_usdc(given, "PRICE_PER_HOUR")
    log = Log(read_log_level(environment), arguments.json or not sys.stdout.isatty())
    poll_interval_ms = read_poll_interval(environment)
    if read(environment, "SUPABASE_SERVICE_ROLE_KEY") is not None:
        log.warn("SUPABASE_SERVICE_ROLE_KEY is not used: take it off this machine, it opens the whole project")
    if arguments.dev:
        wanted = count or _processors()
        nodes = open_local_nodes(environment, wanted, arguments.account, arguments.hardware_id, price, log)
    else:
        nodes = open_kept_nodes(environment, price, log)
        look_at_chain(environment, log)
    log.several = len(nodes) > 1
    leaving = Leaving()
    at_hand = AtHand()
    # Before anything says that Ctrl-C ends it in order.
    _leave_on_signals(leaving, at_hand, log)
    shares = _shares(nodes, count, log)
    for node, jobs in Counter(node for _, node in shares).items():
        # Else the server gives a second job where the answer with the first was lost, and that one runs out.
        node.api.resume(jobs)
    given_back = GivenBack()
    slots = [Slot(name, node.api, leaving, at_hand, given_back, log, poll_interval_ms) for name, node in shares]
    return _work(slots, log)


def _shares(nodes: list[OpenNode], count: int | None, log: Log) -> list[tuple[str, OpenNode]]:
    """Which node each process works for: all of them in turn, each for as many jobs as the server allows it."""
    rounds = range(max(node.max_jobs for node in nodes))
    places = [node for number in rounds for node in nodes if number < node.max_jobs]
    if count is not None and count > len(places):
        raise UsageError(
            f"The server allows {len(nodes)} node(s) {len(places)} jobs at once, so -n is at most {len(places)}. "
            "More come with more nodes, which oblivion register --worker-type python -n makes."
        )
    taken = places[: count or min(_processors(), len(places))]
    log.info(
        f"{len(taken)} process(es) for {min(len(taken), len(nodes))} node(s); Ctrl-C ends it after the jobs at hand"
    )
    return [(node.name, node) for node in taken]


def _processors() -> int:
    return min(64, os.cpu_count() or 1)


def _leave_on_signals(leaving: Leaving, at_hand: AtHand, log: Log) -> None:
    timer: threading.Timer | None = None

    def leave(number: int, _: object) -> None:
        nonlocal timer
        if timer is None:
            jobs = len(at_hand)
            said = f"completing {jobs} job(s); once more gives them back" if jobs else "ending"
            # Not from within the handler, which may have interrupted a line of the log.
            timer = threading.Timer(GRACE_SECONDS, leaving.stop.set)
            timer.daemon = True
            timer.start()
            threading.Thread(target=log.info, args=(said,), kwargs={"jobs": jobs}, daemon=True).start()
        leaving.ask()

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)


def _work(slots: list[Slot], log: Log) -> int:
    for slot in slots:
        slot.start()
    for slot in slots:
        while slot.is_alive():
            # By short waits: on Windows a longer one keeps signals out.
            slot.join(0.2)
    if any(slot.failed for slot in slots):
        return 1
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
