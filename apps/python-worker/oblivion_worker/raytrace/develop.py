"""From linear light to display bytes."""

from __future__ import annotations

from math import floor

from .exact_math import srgb_encode


def develop(linear: tuple[float, float, float]) -> bytes:
    """Linear light to three display bytes."""
    return bytes(floor(srgb_encode(_film(channel)) * 255 + 0.5) for channel in linear)


def _film(linear: float) -> float:
    x = linear * 0.62
    return (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
