"""The stack that `pnpm start` runs on this machine, and how a node of it is registered without a wallet at hand.

Elsewhere a wallet signs in by `oblivion register`. Here the local chain keeps the development wallets' keys, which are
published ones, and signs for whoever asks: this node needs no arithmetic of curves.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .api import CallFailed, Server
from .chain import ask_chain
from .environment import Environment, read
from .usage_error import UsageError

_REPOSITORY = Path(__file__).resolve().parents[3]


def read_local_stack(environment: Environment) -> dict[str, Any]:
    """Its `dev.json`. Raises UsageError where none runs here, and in production."""
    if read(environment, "NODE_ENV") == "production":
        raise UsageError("NODE_ENV is production: --dev is for a development stack, whose wallets are published ones.")
    home = read(environment, "OBLIVION_HOME")
    folders = [Path(home)] if home else [Path(".oblivion"), _REPOSITORY / ".oblivion"]
    for folder in folders:
        try:
            stack: dict[str, Any] = json.loads((folder / "dev.json").read_text(encoding="utf-8"))
            return stack
        except (OSError, ValueError):
            continue
    raise UsageError(
        f"No local stack runs here: {folders[0] / 'dev.json'} cannot be read. Start one with: npx -y pnpm@12.21.0 start"
    )


def development_wallet(stack: dict[str, Any], account: int) -> str:
    """The address of one of its providers, counted from 0."""
    wallets: list[str] = [each["address"] for each in stack["accounts"] if each["role"] == "provider"]
    if not 0 <= account < len(wallets):
        raise UsageError(f"The local stack has the accounts 0 to {len(wallets) - 1}.")
    return wallets[account]


def sign_in(stack: dict[str, Any], server: Server, address: str) -> str:
    """Signs in with Ethereum as a development wallet, and answers the access token. Raises CallFailed."""
    origin = stack["dappUrl"]
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = "\n".join(
        [
            f"{urlsplit(origin).netloc} wants you to sign in with your Ethereum account:",
            address,
            "",
            "Sign in to Oblivion.",
            "",
            f"URI: {origin}",
            "Version: 1",
            f"Chain ID: {stack['chainId']}",
            f"Nonce: {secrets.token_hex(16)}",
            f"Issued At: {now}",
        ]
    )
    try:
        signature = ask_chain(stack["rpcUrl"], "personal_sign", ["0x" + message.encode("utf-8").hex(), address])
    except (OSError, ValueError) as failure:
        raise CallFailed("OB001", f"The local chain does not sign for {address}: {failure}.") from failure
    body = {"chain": "ethereum", "message": message, "signature": signature}
    answer = json.loads(server.request("/auth/v1/token?grant_type=web3", body))
    token = answer.get("access_token")
    if not isinstance(token, str):
        raise CallFailed("OB001", "The sign-in was refused.")
    return token


def register(server: Server, token: str, hardware_id: str, price_per_hour: int | None) -> tuple[str, str]:
    """Id and key of a Python node of the signed-in wallet. Raises CallFailed."""
    arguments = {"p_hardware_id": hardware_id, "p_worker_type": "python", "p_price_per_hour": price_per_hour}
    answer = server.call("register_node", arguments, {"authorization": f"Bearer {token}"})
    return answer["nodeId"], answer["nodeSecret"]
