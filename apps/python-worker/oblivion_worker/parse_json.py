"""JSON that strangers wrote, read as JavaScript reads it: what one node refuses or computes, every other does too."""

from __future__ import annotations

import json
from typing import Any, NoReturn

_EXACT_FIGURES = 19
"""A whole number of the database's has no more; a longer one is a customer's, and in JavaScript never exact."""


def parse_json(text: str | bytes) -> Any:
    """The value. Raises ValueError where it is no JSON, and RecursionError where it is nested too deep for Python.

    >>> parse_json('[9007199254740993, 1e400]')
    [9007199254740993, inf]
    """
    return json.loads(text, parse_int=_whole_number, parse_constant=_refuse)


def _whole_number(text: str) -> int | float:
    # `int` refuses more than 4,300 figures, and takes long over fewer.
    return int(text) if len(text) <= _EXACT_FIGURES else float(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
