"""Built-in programs by name. A Python node runs these and no other: the engine offers it nothing else."""

from __future__ import annotations

from typing import Any, Callable

from .raytrace import raytrace

PROGRAMS: dict[str, Callable[[Any, Callable[[float], None]], Any]] = {"raytrace": raytrace}
"""A program takes its input and a function that it tells its progress, 0 to 1; it throws InvalidInput."""
