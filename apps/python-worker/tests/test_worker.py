"""What needs no server. Run by packages/programs/tests/python.test.ts, or by `python3 -m unittest discover tests`."""

from __future__ import annotations

import doctest
import io
import json
import socket
import sys
import tempfile
import threading
import time
import unittest
from contextlib import redirect_stdout, suppress
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sharded_worker
from oblivion_worker import canonical_json as canonical
from oblivion_worker import job_process, parse_json
from oblivion_worker.api import CallFailed, NodeApi, _raise_refusal
from oblivion_worker.api import Server as HttpServer
from oblivion_worker.compute_job import Computed, compute_job, retry_delay
from oblivion_worker.environment import format_usdc, parse_env_file, parse_usdc, read, require_all, with_env_file
from oblivion_worker.job_process import JobProcess
from oblivion_worker.leaving import Leaving
from oblivion_worker.local_stack import read_local_stack
from oblivion_worker.log import Log
from oblivion_worker.open_nodes import OpenNode, open_kept_nodes
from oblivion_worker.read_input import read_input
from oblivion_worker.slot import AtHand, GivenBack, Slot
from oblivion_worker.usage_error import UsageError

TILE = {"scene": "room", "width": 8, "height": 8, "x": 0, "y": 0, "tileWidth": 2, "tileHeight": 2, "samples": 1}
LONG = {**TILE, "width": 100, "height": 100, "tileWidth": 100, "tileHeight": 100, "samples": 4096}
BRIEF = {"timeoutSeconds": 10, "maxResultBytes": 65536}
RENEWED = {"leaseExpiresAt": "2030-01-01T00:00:00Z", "cancel": False}
CANCELLED = {**RENEWED, "cancel": True}
AWAY = CallFailed("OB101", "The server cannot be reached.", transient=True)
QUIET = Log("error", as_json=True)


def job(**more: Any) -> dict[str, Any]:
    return {
        **{
            "jobId": "j",
            "attempt": 1,
            "taskId": "t",
            "title": "T",
            "type": "raytrace",
            "chunkIndex": 0,
            "chunkCount": 1,
        },
        **{"program": {"kind": "builtin", "name": "raytrace"}, "input": TILE, "leaseExpiresAt": "2026-01-01T00:00:00Z"},
        **{"limits": {"timeoutSeconds": 60, "maxResultBytes": 65536}, **more},
    }


class Server:
    """Answers as the engine would; `script` holds the answers of work_cycle, an exception is raised."""

    def __init__(self, *script: Any, beat: Any = None) -> None:
        self.script = list(script)
        self.beat = beat or [RENEWED]
        """The answers of heartbeat; the last again and again."""
        self.beats: list[tuple[str, int]] = []
        self.reports: list[dict[str, Any] | None] = []
        self.claims: list[bool] = []
        self.leaving = Leaving()
        self.retry_ms = 1
        self.heartbeat_seconds = 15.0

    def work_cycle(self, done: Any, claim: bool, deadline: float = 15.0) -> dict[str, Any]:
        self.reports.append(done)
        self.claims.append(claim)
        answer = self.script.pop(0)
        if not self.script:
            self.leaving.finish.set()
        if isinstance(answer, Exception):
            raise answer
        return {"job": answer, "retryMs": self.retry_ms, "accepted": None if done is None else True, "reason": None}

    def heartbeat(self, job_id: str, attempt: int, _: float) -> Any:
        self.beats.append((job_id, attempt))
        answer = self.beat.pop(0) if len(self.beat) > 1 else self.beat[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stored(self, place: str, _: float) -> bytes:
        if place.startswith("gone/"):
            raise CallFailed("OB104", "Object not found", status=404)
        return b"nonsense" if place.startswith("nonsense/") else json.dumps(TILE).encode()


def run(server: Server, poll_interval_ms: int = 1, at_hand: AtHand | None = None) -> Slot:
    parts = (server.leaving, at_hand or AtHand(), GivenBack(), QUIET, poll_interval_ms)
    slot = Slot("test", server, *parts)  # type: ignore[arg-type]
    with redirect_stdout(io.StringIO()):
        slot.run()
    return slot


class Loop(unittest.TestCase):
    def test_a_job_is_computed_reported_and_the_next_asked_for(self) -> None:
        server = Server(None, job(), None)
        self.assertFalse(run(server).failed)
        self.assertEqual([None, None], server.reports[:2])
        report = server.reports[2]
        assert report is not None
        self.assertEqual(("j", 1, "succeeded"), (report["jobId"], report["attempt"], report["outcome"]))
        self.assertEqual(canonical.result_hash(report["result"]), report["resultHash"])

    def test_fj_18_sw_41_it_asks_again_when_it_is_told_to(self) -> None:
        for told_ms, least_ms, seconds in (
            (2000, 1, 2.0),
            (5000, 1, 5.0),
            (2000, 4000, 4.0),
            (9_000_000, 1, 120.0),
            (0, 1, 0.1),
        ):
            server = Server(None, None)
            server.retry_ms = told_ms
            waited: list[float] = []
            with patch.object(server.leaving, "sleep", waited.append):
                run(server, least_ms)
            self.assertEqual([seconds, seconds], waited)

    def test_a_report_is_repeated_until_it_is_answered(self) -> None:
        server = Server(job(), AWAY, None)
        run(server)
        self.assertIsNotNone(server.reports[1])
        self.assertEqual(server.reports[1], server.reports[2])

    def test_a_refused_key_ends_it_and_says_so(self) -> None:
        self.assertTrue(run(Server(CallFailed("OB004", "This node key is not valid for this node."))).failed)

    def test_a_program_that_it_has_not_is_given_back(self) -> None:
        server = Server(job(program={"kind": "js", "hash": "0" * 64, "reviewed": True}), None)
        run(server)
        self.assertEqual({"jobId": "j", "attempt": 1, "outcome": "released"}, server.reports[1])

    def test_what_it_cannot_do_is_given_back_once_and_is_a_failure_where_nobody_else_takes_it(self) -> None:
        slow = {"input": LONG, "limits": {**BRIEF, "timeoutSeconds": 0}}
        foreign = {"jobId": "k", "program": {"kind": "js", "hash": "0" * 64, "reviewed": True}}
        server = Server(*(job(attempt=n, **more) for n in (1, 3) for more in (slow, foreign)), None)
        run(server)
        said = [(r["jobId"], r["attempt"], r["outcome"], r.get("error")) for r in server.reports if r]
        self.assertEqual([("j", 1, "released", None), ("k", 1, "released", None)], said[:2])
        self.assertEqual([("j", 3, "failed", "OB208"), ("k", 3, "failed", "OB207")], said[2:])

    def test_what_the_program_refuses_has_failed_in_its_words(self) -> None:
        server = Server(job(input={**TILE, "samples": 0}), None)
        run(server)
        report = server.reports[1]
        assert report is not None
        self.assertEqual("failed", report["outcome"])
        self.assertIn("OB205: The input's samples must be a whole number from 1 to 4096. [OB005 {", report["error"])

    def test_a_job_that_another_slot_has_is_not_computed_twice(self) -> None:
        at_hand = AtHand()
        self.assertTrue(at_hand.take(job()))
        self.assertFalse(at_hand.take(job()))
        self.assertTrue(at_hand.take(job(attempt=2)))
        at_hand.drop(job())
        self.assertTrue(at_hand.take(job()))

    def test_a_slot_that_is_told_of_anothers_job_asks_less_and_less(self) -> None:
        at_hand = AtHand()
        at_hand.take(job())
        server = Server(*[job()] * 7, None, job(), job(jobId="k"), job())
        server.retry_ms = 200
        waited: list[float] = []
        with patch.object(server.leaving, "sleep", waited.append):
            run(server, at_hand=at_hand)
        self.assertEqual([0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 0.2, 0.2, 0.2], waited)

    def test_what_keeps_jobs_from_being_computed_is_met_again_after_longer_and_longer_pauses(self) -> None:
        away = {"input": None, "inputUrl": "away/x"}
        server = Server(job(**away), None, job(**away), None, job(), job(**away), None, None)
        waited: list[float] = []
        with (
            patch.object(server, "stored", side_effect=AWAY),
            patch.object(server.leaving, "sleep", waited.append),
            patch("oblivion_worker.compute_job.random.random", return_value=1.0),
        ):
            self.assertFalse(run(server).failed)
        outcomes = [report and report["outcome"] for report in server.reports]
        self.assertEqual(
            [(None, True), ("released", False), (None, True), ("released", False), (None, True)],
            list(zip(outcomes, server.claims))[:5],
        )
        self.assertEqual([("succeeded", True), ("released", False)], list(zip(outcomes, server.claims))[5:7])
        self.assertEqual([1.0, 2.0, 1.0], waited[:3])

    def test_a_machine_that_can_start_no_process_for_a_moment_gives_the_job_back_and_goes_on(self) -> None:
        server = Server(job(), None, job(attempt=2), None)
        full = BlockingIOError(11, "Resource temporarily unavailable")
        real = job_process.subprocess.Popen
        starts = iter([full])

        def start(*given: Any, **more: Any) -> Any:
            for failure in starts:
                raise failure
            return real(*given, **more)

        with (
            patch("oblivion_worker.job_process.subprocess.Popen", start),
            patch.object(server.leaving, "sleep", lambda _: None),
        ):
            self.assertFalse(run(server).failed)
        self.assertEqual(["released", "succeeded"], [report["outcome"] for report in server.reports if report])

    def test_asked_once_it_finishes_and_asked_again_it_stops(self) -> None:
        leaving = Leaving()
        leaving.ask()
        self.assertEqual((True, False), (leaving.finish.is_set(), leaving.stop.is_set()))
        leaving.ask()
        self.assertTrue(leaving.stop.is_set())


class Answers(unittest.TestCase):
    def cycle(self, answer: bytes) -> dict[str, Any]:
        with patch.object(HttpServer, "request", return_value=answer):
            return NodeApi(HttpServer("http://127.0.0.1:1", "k"), "n", "c").work_cycle(None, True)

    def test_a_customers_number_of_5000_figures_ends_no_node(self) -> None:
        long = json.dumps(job(input={**TILE, "samples": 7})).replace("7}", "7" * 5000 + "}")
        offer = self.cycle(f'{{"job": {long}}}'.encode())["job"]
        server = Server(offer, None)
        self.assertFalse(run(server).failed)
        report = server.reports[1]
        assert report is not None
        self.assertEqual("failed", report["outcome"])
        self.assertIn("samples must be a whole number from 1 to 4096", report["error"])

    def test_an_answer_that_cannot_be_read_is_asked_for_again(self) -> None:
        for answer in (b"<html>", b'{"job": NaN}', b"[" * 100_000):
            with self.assertRaises(CallFailed) as unread:
                self.cycle(answer)
            self.assertEqual(("OB105", True), (unread.exception.code, unread.exception.transient))

    def test_a_network_that_is_away_for_days_is_waited_for(self) -> None:
        for failures, most in ((1, 1.0), (3, 4.0), (7, 60.0), (5000, 60.0)):
            self.assertTrue(most / 2 <= retry_delay(failures) <= most)


class Line(unittest.TestCase):
    """What a line does to what comes over it."""

    def get(self, *parts: bytes, ends_in: float) -> bytes:
        """What is read of an answer of 4 bytes, which comes in these parts."""

        def answer(listener: socket.socket) -> None:
            # It may be gone before all is sent.
            with suppress(OSError), listener, listener.accept()[0] as line:
                line.recv(65_536)
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
                for part in parts:
                    line.sendall(part)
                    time.sleep(0.1)

        listener = socket.create_server(("127.0.0.1", 0))
        server = threading.Thread(target=answer, args=(listener,))
        server.start()
        api = NodeApi(HttpServer(f"http://127.0.0.1:{listener.getsockname()[1]}", "k"), "n", "c")
        try:
            return api.stored("inputs/x", time.monotonic() + ends_in)
        finally:
            server.join()

    def test_what_came_whole_is_read(self) -> None:
        self.assertEqual(b"1234", self.get(b"12", b"34", ends_in=60))

    def test_what_was_cut_or_comes_too_slowly_may_come_another_time(self) -> None:
        for parts, ends_in, code in (((b"12",), 60, "OB101"), ((b"1", b"2", b"3", b"4"), 0.15, "OB102")):
            with self.assertRaises(CallFailed) as cut:
                self.get(*parts, ends_in=ends_in)
            self.assertEqual((code, True), (cut.exception.code, cut.exception.transient))


class Jobs(unittest.TestCase):
    def compute(self, server: Server, given: dict[str, Any], heartbeat_seconds: float = 15.0) -> Any:
        server.heartbeat_seconds = heartbeat_seconds
        return compute_job(server, given, server.leaving, lambda _: None)  # type: ignore[arg-type]

    def test_what_lies_in_storage_is_read_and_believed_by_its_hash_alone(self) -> None:
        place = f"inputs/{sha256(json.dumps(TILE).encode()).hexdigest()}"

        def read(**more: Any) -> Any:
            return read_input(Server(), job(**more), 0.0)  # type: ignore[arg-type]

        self.assertEqual(TILE, read(input=None, inputUrl=place))
        both = {"input": place, "previous": place}
        self.assertEqual(
            {"input": TILE, "previous": TILE}, read(input={"input": None, "previous": None}, inputUrl=both)
        )
        mixed = {"input": None, "previous": place}
        self.assertEqual({"input": 1, "previous": TILE}, read(input={"input": 1, "previous": None}, inputUrl=mixed))
        nonsense = f"nonsense/{sha256(b'nonsense').hexdigest()}"
        for wrong, words in (
            ("inputs/" + "0" * 64, "Its stored input has another hash than its name."),
            ("gone/x", "Its stored input is not there."),
            (nonsense, "Its stored input is no JSON."),
        ):
            report = self.compute(Server(), job(input=None, inputUrl=wrong)).report
            self.assertEqual(("failed", f"OB205: {words}"), (report["outcome"], report["error"]))

    def test_fj_14_its_lease_is_renewed_until_the_server_wants_it_no_more(self) -> None:
        for beats in (
            [RENEWED, RENEWED, CANCELLED],
            [AWAY, RENEWED, {"leaseExpiresAt": None, "cancel": False}],
        ):
            server = Server(beat=beats)
            with patch("oblivion_worker.compute_job.retry_delay", return_value=0.01):
                self.assertEqual(Computed(None), self.compute(server, job(input=LONG, limits=BRIEF), 0.01))
            self.assertEqual([("j", 1)] * 3, server.beats)

    def test_a_server_that_is_away_is_asked_until_the_lease_has_ended(self) -> None:
        server = Server(beat=[AWAY])
        ends_at = time.time() + 0.8
        with (
            patch("oblivion_worker.compute_job.retry_delay", return_value=0.01),
            patch("oblivion_worker.compute_job._lease_end", return_value=ends_at),
        ):
            self.assertEqual(Computed(None), self.compute(server, job(input=LONG, limits=BRIEF), 0.01))
        self.assertGreaterEqual(time.time(), ends_at)
        self.assertGreater(len(server.beats), 2)

    def test_a_refused_heartbeat_ends_it(self) -> None:
        server = Server(beat=[CallFailed("OB004", "This node key is not valid for this node.")])
        with self.assertRaisesRegex(CallFailed, "OB004"):
            self.compute(server, job(input=LONG, limits=BRIEF), 0.01)

    def test_trouble_of_storage_or_of_ours_is_not_the_customers(self) -> None:
        for status, body in ((500, b""), (501, b""), (403, b""), (429, b""), (400, b'{"statusCode":"401"}')):
            server = Server()
            with patch.object(server, "stored", lambda *_: _raise_refusal("/storage", status, body)):
                with self.assertRaises(CallFailed) as refused:
                    self.compute(server, job(input=None, inputUrl="inputs/x"))
                self.assertTrue(refused.exception.transient)
        for status, body in ((404, b""), (400, b'{"statusCode":"404","message":"Object not found"}')):
            with patch.object(server, "stored", lambda *_: _raise_refusal("/storage", status, body)):
                report = self.compute(server, job(input=None, inputUrl="inputs/x")).report
            self.assertEqual(("failed", "OB205: Its stored input is not there."), (report["outcome"], report["error"]))

    def test_a_race_lost_inside_the_database_or_time_run_out_there_is_no_answer(self) -> None:
        for code, transient in (("40P01", True), ("55P03", True), ("57014", True), ("23505", False)):
            with self.assertRaises(CallFailed) as refused:
                _raise_refusal("/rest/v1/rpc/work_cycle", 500, f'{{"code":"{code}"}}'.encode())
            self.assertEqual((code, transient), (code, refused.exception.transient))

    def test_its_time_begins_before_it_is_read_and_ends_before_the_servers(self) -> None:
        now = 0.0

        def tick() -> float:
            nonlocal now
            now += 1
            return now

        def read_slowly(_: Any, __: Any, ends_at: float) -> Any:
            nonlocal now
            now += 95
            self.assertEqual(96, ends_at)
            return LONG

        clock = SimpleNamespace(monotonic=tick, time=time.time)
        with (
            patch("oblivion_worker.compute_job.time", clock),
            patch("oblivion_worker.compute_job.read_input", read_slowly),
        ):
            done = self.compute(Server(), job(limits={"timeoutSeconds": 100, "maxResultBytes": 65536}))
        self.assertIn("too slow", done.fault)
        self.assertEqual("released", done.report["outcome"])
        self.assertLess(done.report["metrics"]["elapsedMs"], 100_000)

    def test_what_is_too_slow_here_is_given_back_and_is_no_failure(self) -> None:
        done = self.compute(Server(), job(input=LONG, limits={"timeoutSeconds": 0, "maxResultBytes": 65536}))
        self.assertEqual("released", done.report["outcome"])
        self.assertIn("too slow", done.fault)

    def test_a_stop_ends_it_at_once(self) -> None:
        server = Server()
        server.leaving.ask()
        server.leaving.ask()
        self.assertEqual("released", self.compute(server, job(input=LONG)).report["outcome"])

    def test_a_fault_of_ours_is_no_failure_of_the_program(self) -> None:
        done = self.compute(Server(), job(program={"kind": "builtin", "name": "none"}))
        self.assertEqual(("released", "OB209"), (done.report["outcome"], done.code))
        self.assertIn("KeyError", done.fault)

    def test_a_job_does_not_outlive_its_worker(self) -> None:
        process = JobProcess("raytrace", LONG)
        process._orders.close()
        self.assertEqual(1, process._child.wait(timeout=30))
        process.end()


class Environment(unittest.TestCase):
    def test_a_file_of_variables(self) -> None:
        text = "# a comment\nA=1\nexport B = two words # why\nC=\"x # y\"\nD='z'\nE=\nnonsense\n"
        self.assertEqual({"A": "1", "B": "two words", "C": "x # y", "D": "z", "E": ""}, parse_env_file(text))

    def test_what_is_set_already_stays(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / ".env.local"
            self.assertEqual({"A": "1"}, with_env_file({"A": "1"}, file))
            file.write_text("A=2\nB=3\n", encoding="utf-8")
            self.assertEqual({"A": "1", "B": "3"}, with_env_file({"A": "1"}, file))

    def test_fj_22_all_that_is_missing_is_named_at_once(self) -> None:
        with self.assertRaises(UsageError) as missing:
            require_all({"NEXT_PUBLIC_SUPABASE_URL": "http://x", "NODE_ID": " "})
        self.assertNotIn("SUPABASE_URL", str(missing.exception))
        for name in ("SUPABASE_KEY", "NODE_ID", "NODE_KEY", "oblivion register"):
            self.assertIn(name, str(missing.exception))

    def test_a_variable_by_the_names_of_other_projects(self) -> None:
        environment = {"BOT_ID": "b", "NEXT_PUBLIC_SUPABASE_ANON_KEY": "k"}
        self.assertEqual(["k", "b"], [read(environment, name) for name in ("SUPABASE_KEY", "HARDWARE_ID")])
        self.assertEqual("w", read({**environment, "HARDWARE_ID": " ", "WORKER_ID": "w"}, "HARDWARE_ID"))
        self.assertIsNone(read(environment, "SUPABASE_URL"))
        with self.assertRaisesRegex(UsageError, "NODE_ENV is production"):
            read_local_stack({"NODE_ENV": "production"})

    def test_keys_and_ids_belong_together(self) -> None:
        environment = {
            "SUPABASE_URL": "http://127.0.0.1:1",
            "SUPABASE_KEY": "k",
            "NODE_ID": "00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000002",
            "NODE_KEY": "c",
        }
        with self.assertRaisesRegex(UsageError, "NODE_ID names 2 nodes and NODE_KEY has 1 keys"):
            open_kept_nodes(environment, None, QUIET)
        with self.assertRaisesRegex(UsageError, "^NODE_KEY is no key: it has a space or a letter that no key has.$"):
            open_kept_nodes({**environment, "NODE_KEY": "obn_…,d"}, None, QUIET)
        with self.assertRaisesRegex(UsageError, "NODE_ID x is no node's id"):
            open_kept_nodes({**environment, "NODE_ID": "x"}, None, QUIET)
        with self.assertRaisesRegex(UsageError, "where a node is registered"):
            open_kept_nodes({**environment, "NODE_KEY": "c,d"}, 1, QUIET)

    def test_amounts(self) -> None:
        self.assertEqual(250_000, parse_usdc("0.25", "x"))
        self.assertEqual(["0.25", "3"], [format_usdc(250_000), format_usdc(3_000_000)])
        for text in ("much", "-1", "0.1234567", ""):
            with self.assertRaisesRegex(UsageError, "--price-per-hour takes an amount in USDC"):
                parse_usdc(text, "--price-per-hour")

    def test_processes_are_shared_out_over_nodes_as_far_as_the_server_allows(self) -> None:
        a, b = (OpenNode(name, None, jobs) for name, jobs in (("a", 2), ("b", 1)))  # type: ignore[arg-type]
        self.assertEqual(["a", "b", "a"], [name for name, _ in sharded_worker._shares([a, b], 3, QUIET)])
        with self.assertRaisesRegex(UsageError, "-n is at most 3"):
            sharded_worker._shares([a, b], 4, QUIET)


class Log_(unittest.TestCase):
    def test_a_strangers_title_moves_no_terminal(self) -> None:
        said = io.StringIO()
        with redirect_stdout(said):
            Log("info", as_json=False).warn("chunk of “\x1b[2J\n”")
            Log("warn", as_json=True).info("not this")
        self.assertRegex(said.getvalue(), r"^\d\d:\d\d:\d\d  warn: chunk of “\\u001b\[2J\\u000a”\n$")

    def test_rn_23_where_several_nodes_write_a_line_says_whose_it_is(self) -> None:
        said = io.StringIO()
        log = Log("info", as_json=False)
        log.several = True
        with redirect_stdout(said):
            log.warn("gone", worker="box-1")
            log.info("stopped")
        self.assertRegex(said.getvalue(), r"^\d\d:\d\d:\d\d  box-1: warn: gone\n\d\d:\d\d:\d\d  stopped\n$")


def load_tests(_: unittest.TestLoader, tests: unittest.TestSuite, __: str | None) -> unittest.TestSuite:
    for module in (canonical, parse_json):
        tests.addTests(doctest.DocTestSuite(module))
    return tests


if __name__ == "__main__":
    unittest.main()
