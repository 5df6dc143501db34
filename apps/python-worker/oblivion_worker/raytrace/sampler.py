"""Where the samples of a pixel fall: Owen-scrambled Sobol pairs, as packages/programs has them.

There they are drawn one by one. Here all samples of a pixel are drawn at once for a dimension: each is a lane of 64
bits in one big integer, whose upper half takes what a 32-bit product carries over. Some fifty operations of big
integers serve all 64 samples of a pixel, instead of as many for each, and give the same bits.
"""

from __future__ import annotations

from struct import pack, unpack

MAX_SAMPLES = 4096
"""The most samples that a pixel may have."""

_M = 0xFFFFFFFF
_INV_2_32 = 2.3283064365386963e-10


def _mix(value: int) -> int:
    x = value & _M
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & _M
    x = ((x ^ (x >> 15)) * 0x846CA68B) & _M
    return x ^ (x >> 16)


def _second_dimension() -> list[int]:
    """Second Sobol dimension, bit-reversed, for indices below MAX_SAMPLES."""
    table = []
    for index in range(MAX_SAMPLES):
        result = 0
        column = 1
        while index:
            if index & 1:
                result ^= column
            column = (column ^ (column << 1)) & _M
            index >>= 1
        table.append(result)
    return table


_SOBOL_2 = _second_dimension()


class Sampler:
    """All sample points of one pixel after the other."""

    def __init__(self, samples: int) -> None:
        size = 1
        while size < samples:
            size *= 2
        self._count = samples
        self._format = f"<{samples}Q"
        self._ones = self._join([1] * samples)
        self._low = self._ones * _M
        self._mask = self._ones * (size - 1)
        self._swaps = [(step, self._ones * bits) for step, bits in _SWAPS]
        self._reversed = self._reverse(self._join(list(range(samples))))
        self._pixel = 0
        self._pairs: list[list[tuple[float, float]]] = []

    def start_pixel(self, x: int, y: int) -> None:
        """Seeds by the pixel's own position in the picture: a tile's bytes do not depend on how the picture was cut."""
        self._pixel = _mix(_mix(((y * 0x9E3779B1) & _M) ^ x) ^ 0x0B11F10A)
        self._pairs = []

    def pairs(self, dimension: int) -> list[tuple[float, float]]:
        """The pair of each sample in a dimension, counted from 0; both in [0, 1)."""
        while len(self._pairs) <= dimension:
            self._pairs.append(self._draw(len(self._pairs) + 1))
        return self._pairs[dimension]

    def _draw(self, dimension: int) -> list[tuple[float, float]]:
        seed = _mix(self._pixel + dimension * 0x51633E2D)
        index = self._reverse(self._permute(self._reversed, seed)) & self._mask
        second = self._join([_SOBOL_2[i] for i in self._split(index)])
        us = self._split(self._reverse(self._permute(index, seed ^ 0x68BC21EB)))
        vs = self._split(self._reverse(self._permute(second, seed ^ 0x02E5BE93)))
        return [(u * _INV_2_32, v * _INV_2_32) for u, v in zip(us, vs)]

    def _permute(self, lanes: int, seed: int) -> int:
        """Laine-Karras permutation of each lane."""
        low = self._low
        x = (lanes + self._ones * seed) & low
        x ^= (x * 0x6C50B47C) & low
        x ^= (x * 0xB82F1E52) & low
        x ^= (x * 0xC7AFE638) & low
        return x ^ ((x * 0x8D22F6E6) & low)

    def _reverse(self, lanes: int) -> int:
        """Each lane's 32 bits the other way round."""
        x = lanes
        for step, bits in self._swaps:
            x = ((x >> step) & bits) | ((x & bits) << step)
        return x

    def _join(self, words: list[int]) -> int:
        return int.from_bytes(pack(self._format, *words), "little")

    def _split(self, lanes: int) -> tuple[int, ...]:
        return unpack(self._format, lanes.to_bytes(8 * self._count, "little"))


_SWAPS = ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF), (16, 0x0000FFFF))
