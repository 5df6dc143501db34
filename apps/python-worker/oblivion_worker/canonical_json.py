"""The one text of a JSON value, by RFC 8785, and the hash of it by which results are compared."""

from __future__ import annotations

import json
from hashlib import sha256
from math import isfinite
from typing import Any


class NotJson(ValueError):
    """The value has something that JSON has not: NaN, an infinity, a lone surrogate, an object of Python's own."""


def canonical_json(value: Any) -> str:
    """Names sorted by UTF-16 code units, numbers as ECMAScript writes them, no space.

    Raises:
        NotJson: for what is no JSON value.

    >>> canonical_json({"b": 1.0, "a": [1e21, -0.0]})
    '{"a":[1e+21,0],"b":1}'
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join(canonical_json(member) for member in value)}]"
    if isinstance(value, dict):
        names = {_quoted(name): name for name in value}
        ordered = sorted(names, key=lambda quoted: names[quoted].encode("utf-16-be"))
        return f"{{{','.join(f'{quoted}:{canonical_json(value[names[quoted]])}' for quoted in ordered)}}}"
    raise NotJson(f"{type(value).__name__} is not a JSON value")


def result_hash(value: Any) -> str:
    """SHA-256 of the canonical text, lower-case hex."""
    return sha256(canonical_json(value).encode("utf-8")).hexdigest()


def _quoted(text: Any) -> str:
    if not isinstance(text, str):
        raise NotJson("a name is not a text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotJson("the text has a lone surrogate") from None
    return json.dumps(text, ensure_ascii=False)


def _number(value: float) -> str:
    """As `JSON.stringify` writes a double: the shortest digits that read back as it, which `repr` finds as well."""
    try:
        value = float(value)
    except OverflowError:
        raise NotJson("the number is beyond a double") from None
    if not isfinite(value):
        raise NotJson(f"{value} is not a JSON number")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # Where the point lies, counted from before the first digit.
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if 0 < point <= 21:
        text = digits.ljust(point, "0") if len(digits) <= point else f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = f"{digits[0]}{'.' if len(digits) > 1 else ''}{digits[1:]}e{point - 1:+d}"
    return sign + text
