"""How a worker comes by its nodes: by keys that it was given, or registered at the local stack."""

from __future__ import annotations

import math
import os
import re
import time
from dataclasses import dataclass

from .api import CallFailed, NodeApi, Server
from .environment import Environment, format_usdc, read, read_url, require_all
from .local_stack import development_wallet, read_local_stack, register, sign_in
from .log import Log
from .usage_error import UsageError


_MARGIN_SECONDS = 0.2
"""Clocks differ."""


@dataclass(frozen=True)
class OpenNode:
    name: str
    """Its hardware id."""
    api: NodeApi
    max_jobs: int
    """How many jobs the server allows it at once."""


def open_kept_nodes(environment: Environment, price_per_hour: int | None, log: Log) -> list[OpenNode]:
    """The nodes of NODE_ID and NODE_KEY, several separated by commas. Raises UsageError, CallFailed."""
    url, supabase_key, id_list, key_list = require_all(environment)
    server = Server(read_url(environment, "SUPABASE_URL", url), supabase_key)
    ids = [each.strip() for each in id_list.split(",")]
    keys = [each.strip() for each in key_list.split(",")]
    for name, key in [("SUPABASE_KEY", supabase_key), *(("NODE_KEY", each) for each in keys)]:
        # No header can carry it; and it is not repeated here, since it may be most of a secret.
        if not re.fullmatch(r"[!-~]+", key):
            raise UsageError(f"{name} is no key: it has a space or a letter that no key has.")
    if len(ids) != len(keys):
        raise UsageError(f"NODE_ID names {len(ids)} nodes and NODE_KEY has {len(keys)} keys: each node has one.")
    for node_id in ids:
        if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", node_id):
            raise UsageError(
                f"NODE_ID {node_id} is no node's id, which is 32 hex digits with four hyphens between them."
            )
    if price_per_hour is not None:
        raise UsageError(
            "A price per hour is given where a node is registered, and NODE_KEY is the key of one that is: leave the "
            "price out, or register again with oblivion register --worker-type python --price-per-hour."
        )
    return [_open(NodeApi(server, node_id, key), node_id, log) for node_id, key in zip(ids, keys)]


def _open(api: NodeApi, node_id: str, log: Log) -> OpenNode:
    row = api.own_row()
    if row is not None and row["worker_type"] != "python":
        raise UsageError(
            f"Node {node_id} is registered as {row['worker_type']}. Register one of Python's own with: "
            "oblivion register --worker-type python"
        )
    try:
        answer = None if row is None else api.resume()
    except CallFailed as failure:
        if failure.code != "OB004":
            raise
        # Of the same wallet, and another node's.
        answer = None
    if row is None or answer is None:
        raise UsageError(
            f"NODE_KEY is not the key of node {node_id}: it was revoked, or ended by a later registration under the "
            "same hardware id. Register again with: oblivion register --worker-type python [OB004]"
        )
    name = row["hardware_id"]
    if answer["waitMs"] > 0:
        _wait_for_left(api, name, answer["waitMs"], log)
    _tell(log, name, row["provider_address"], row["price_per_hour"])
    return OpenNode(name, api, answer["settings"]["maxJobs"])


def _wait_for_left(api: NodeApi, name: str, wait_ms: int, log: Log) -> None:
    """A process before this one left jobs, or is alive: without a beat of it for so long they are given back."""
    seconds = math.ceil(wait_ms / 1000)
    log.info(f"a process before this one left jobs; they are given back in {seconds} s unless it is alive", worker=name)
    time.sleep(wait_ms / 1000 + _MARGIN_SECONDS)
    if api.resume()["waitMs"] > 0:
        # A beat has come meanwhile, and it was not ours.
        sentence = "another process works with this key; give each a node of its own: oblivion register -n"
        log.warn(sentence, worker=name)


def open_local_nodes(
    environment: Environment,
    count: int,
    account: int,
    hardware_id: str | None,
    price_per_hour: int | None,
    log: Log,
) -> list[OpenNode]:
    """So many nodes of a development wallet, each for one job at a time. Raises UsageError, CallFailed."""
    stack = read_local_stack(environment)
    address = development_wallet(stack, account)
    server = Server(stack["supabaseUrl"], stack["anonKey"])
    token = sign_in(stack, server, address)
    base = hardware_id or read(environment, "HARDWARE_ID") or f"python-{os.getpid()}-{int(time.time() * 1000)}"
    nodes = []
    for number in range(count):
        name = base if count == 1 else f"{base}-{number + 1}"
        node_id, node_key = register(server, token, name, price_per_hour)
        _tell(log, name, address.lower(), price_per_hour)
        nodes.append(OpenNode(name, NodeApi(server, node_id, node_key), 1))
    return nodes


def _tell(log: Log, name: str, address: str, price_per_hour: int | None) -> None:
    asks = "" if price_per_hour is None else f" and asks {format_usdc(price_per_hour)} USDC an hour"
    log.info(f"registered as python under the hardware id {name}; it earns for {address}{asks}", worker=name)
