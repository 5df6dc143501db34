"""The built-in `raytrace`: one tile of a path-traced room, with the bytes that packages/programs computes."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Callable

from .develop import develop
from .read_input import read_raytrace_input
from .scene import SCENES
from .tracer import create_tracer


def raytrace(value: Any, progress: Callable[[float], None]) -> dict[str, Any]:
    """Computes one tile.

    Raises:
        InvalidInput: where the input asks for something that the program does not do.
    """
    tile = read_raytrace_input(value)
    trace_pixel = create_tracer(SCENES[tile.scene], tile.width, tile.height, tile.samples)
    rgb = bytearray()
    for row in range(tile.tile_height):
        for column in range(tile.tile_width):
            rgb += develop(trace_pixel(tile.x + column, tile.y + row))
        progress((row + 1) / tile.tile_height)
    return {
        "x": tile.x,
        "y": tile.y,
        "width": tile.tile_width,
        "height": tile.tile_height,
        "rgb": b64encode(rgb).decode("ascii"),
    }
