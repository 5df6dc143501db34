"""What a program throws at an input that it does not take."""

from __future__ import annotations

import json


class InvalidInput(Exception):
    """`OB005`. Its text is to the letter what the JavaScript throws: two owners confirm a failure by its words."""

    def __init__(self, sentence: str, field: str, reason: str) -> None:
        facts = json.dumps({"field": field, "reason": reason}, separators=(",", ":"), ensure_ascii=False)
        super().__init__(f"{sentence} [OB005 {facts}]")
