"""A look at the chain that pays. A Python node signs nothing: payouts are relayed, or claimed by the wallet itself."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request

from .environment import Environment, read, read_url
from .log import Log
from .open_request import open_request

_DEADLINE_SECONDS = 10.0


def ask_chain(rpc_url: str, method: str, parameters: list[Any]) -> Any:
    """The answer of a JSON-RPC endpoint. Raises OSError or ValueError."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode("utf-8")
    request = Request(rpc_url, data=body, headers={"content-type": "application/json"})
    with open_request(request, _DEADLINE_SECONDS) as response:
        answer = json.loads(response.read(1 << 20))
    if "result" not in answer:
        raise ValueError(f"{method} was refused: {answer.get('error', {}).get('message', 'no reason given')}")
    return answer["result"]


def look_at_chain(environment: Environment, log: Log) -> None:
    """Says where earnings are settled, as far as RPC_URL and CONTRACT_ADDRESS tell; this node signs nothing."""
    if read(environment, "PRIVATE_KEY"):
        log.warn(
            "PRIVATE_KEY is not used: a Python node signs nothing, and payouts are relayed; take it off this machine"
        )
    contract = read(environment, "CONTRACT_ADDRESS")
    missing = [name for name in ("RPC_URL", "CONTRACT_ADDRESS") if read(environment, name) is None]
    if missing:
        log.info(f"{' and '.join(missing)} not set: the chain is not looked at; work and relayed payouts need neither")
        return
    problem, chain = _problem(read_url(environment, "RPC_URL"), contract or "")
    if problem:
        log.warn(f"{problem}; work goes on, since payouts are relayed")
    else:
        log.info(f"earnings settle on chain {chain} in {contract}; payouts are relayed", chainId=chain)


def _problem(rpc_url: str, contract: str) -> tuple[str | None, int]:
    try:
        chain = int(ask_chain(rpc_url, "eth_chainId", []), 16)
        code = ask_chain(rpc_url, "eth_getCode", [contract, "latest"])
    except (OSError, ValueError, TypeError) as failure:
        return f"RPC_URL gives no answer ({failure})", 0
    return (None if code not in ("0x", "") else f"CONTRACT_ADDRESS {contract} is no contract on chain {chain}"), chain
