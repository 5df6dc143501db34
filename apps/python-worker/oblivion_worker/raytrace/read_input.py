"""What one tile's input may ask for; the same sentences as packages/programs, since failures are compared too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from ..invalid_input import InvalidInput
from .sampler import MAX_SAMPLES
from .scene import SCENES

PICTURE_SIDE = 8192
TILE_PIXELS = 15_000


@dataclass(frozen=True)
class RaytraceInput:
    """One tile of a picture. Pixels; `x` and `y` are the tile's upper left corner."""

    scene: str
    width: int
    height: int
    x: int
    y: int
    tile_width: int
    tile_height: int
    samples: int


def read_raytrace_input(value: Any) -> RaytraceInput:
    """Raises InvalidInput with the field that is wrong."""
    if not isinstance(value, dict):
        _refuse("input", "must be an object")
    scene = value.get("scene")
    if not isinstance(scene, str) or scene not in SCENES:
        _refuse("scene", "names no scene")
    width = _whole_number(value, "width", 1, PICTURE_SIDE)
    height = _whole_number(value, "height", 1, PICTURE_SIDE)
    x = _whole_number(value, "x", 0, width - 1)
    y = _whole_number(value, "y", 0, height - 1)
    tile_width = _whole_number(value, "tileWidth", 1, width - x)
    tile_height = _whole_number(value, "tileHeight", 1, height - y)
    if tile_width * tile_height > TILE_PIXELS:
        _refuse("tileWidth", f"times tileHeight must be at most {TILE_PIXELS} pixels")
    samples = _whole_number(value, "samples", 1, MAX_SAMPLES)
    return RaytraceInput(scene, width, height, x, y, tile_width, tile_height, samples)


def _whole_number(record: dict[str, Any], field: str, least: int, most: int) -> int:
    value: Any = record.get(field)
    # JSON knows one kind of number: 16.0 is 16. `True` is an int in Python, and none in JSON.
    whole = isinstance(value, int) and not isinstance(value, bool) or isinstance(value, float) and value.is_integer()
    if not whole or not least <= value <= most:
        _refuse(field, f"must be a whole number from {least} to {most}")
    return int(value)


def _refuse(field: str, reason: str) -> NoReturn:
    raise InvalidInput(f"The input's {field} {reason}.", field, reason)
