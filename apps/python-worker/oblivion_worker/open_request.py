"""Plain HTTP as all parts of the worker use it."""

from __future__ import annotations

from http.client import HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener


class _NoRedirect(HTTPRedirectHandler):
    """A key goes to the server that was named and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def open_request(request: Request, deadline: float) -> HTTPResponse:
    """Sends it, and answers what is to be read. Raises OSError, of which HTTPError is one."""
    # A proxy of the environment's reaches no server of this machine.
    local = urlsplit(request.full_url).hostname in ("127.0.0.1", "localhost", "::1")
    opener = build_opener(_NoRedirect, *([ProxyHandler({})] if local else []))
    try:
        return cast(HTTPResponse, opener.open(request, timeout=deadline))
    except HTTPException as cause:
        raise OSError(f"{type(cause).__name__}: {cause}") from cause
