"""Functions that every engine computes to the same bit, operation by operation as packages/programs has them.

IEEE 754 fixes `+ - * /` and the square root; `math.sin` and friends belong to the C library, so nothing here uses them.
"""

from __future__ import annotations

from math import floor, sqrt

_HALF_PI = 1.5707963267948966


def cos_sin_turns(turns: float) -> tuple[float, float]:
    """Cosine and sine of `turns` full turns, for turns in [0, 1]."""
    quarters = turns * 4
    nearest = floor(quarters + 0.5)
    x = (quarters - nearest) * _HALF_PI
    s = x * x
    sine = x * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - s / 156))))))
    cosine = 1 - (s / 2) * (
        1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182)))))
    )
    quadrant = nearest & 3
    if quadrant == 0:
        return cosine, sine
    if quadrant == 1:
        return -sine, cosine
    if quadrant == 2:
        return -cosine, -sine
    return sine, -cosine


def exp_minus(x: float) -> float:
    """e^-x for x in [0, 40]."""
    y = x / 64
    grown = 1 + y * (1 + (y / 2) * (1 + (y / 3) * (1 + (y / 4) * (1 + (y / 5) * (1 + y / 6)))))
    for _ in range(6):
        grown *= grown
    return 1 / grown


def srgb_encode(linear: float) -> float:
    """The sRGB transfer curve: linear light in [0, 1] to a display value in [0, 1]."""
    if linear <= 0:
        return 0.0
    if linear >= 1:
        return 1.0
    if linear <= 0.0031308:
        return linear * 12.92
    fourth_root = sqrt(sqrt(linear))
    root = 1.0
    for _ in range(6):
        root = (2 * root + fourth_root / (root * root)) / 3
    squared = root * root
    return 1.055 * squared * squared * root - 0.055
