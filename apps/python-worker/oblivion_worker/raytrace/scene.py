"""What is in the picture: the numbers of packages/programs/src/raytrace/scene.ts."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float]
Point = tuple[float, float, float]

MATTE, COATED, METAL, GLASS = range(4)


@dataclass(frozen=True)
class Surface:
    """What a surface does with light; `colour` is what glass swallows per unit of length."""

    kind: int
    colour: Colour
    roughness: float = 0.0


@dataclass(frozen=True)
class Sphere:
    centre: Point
    radius: float
    surface: Surface


@dataclass(frozen=True)
class Walls:
    left: Colour
    right: Colour
    back: Colour
    front: Colour
    ceiling: Colour
    floor: tuple[Colour, Colour]


@dataclass(frozen=True)
class Panel:
    """A rectangle of light below the ceiling: its corners in x and z."""

    low: tuple[float, float]
    high: tuple[float, float]
    light: Colour


@dataclass(frozen=True)
class Lamp:
    centre: Point
    radius: float
    light: Colour


@dataclass(frozen=True)
class Camera:
    origin: Point
    target: Point
    half_height: float
    """Half the picture's height at distance 1."""
    aperture: float
    focus: float


@dataclass(frozen=True)
class Scene:
    """A box seen from inside, a panel of light below its ceiling, a glowing ball, and spheres. Units are metres."""

    low: Point
    high: Point
    walls: Walls
    panel: Panel
    lamp: Lamp
    spheres: tuple[Sphere, ...]
    camera: Camera


def _on_floor(x: float, z: float, radius: float, surface: Surface) -> Sphere:
    return Sphere((x, radius, z), radius, surface)


_ROOM = Scene(
    low=(-3.6, 0.0, -3.4),
    high=(3.6, 3.7, 6.0),
    walls=Walls(
        left=(0.62, 0.2, 0.115),
        right=(0.06, 0.2, 0.27),
        back=(0.74, 0.7, 0.63),
        front=(0.55, 0.52, 0.48),
        ceiling=(0.78, 0.77, 0.74),
        floor=((0.36, 0.33, 0.3), (0.075, 0.075, 0.085)),
    ),
    panel=Panel(low=(-1.7, -2.3), high=(1.7, 0.9), light=(5.6, 5.2, 4.6)),
    lamp=Lamp(centre=(1.02, 0.26, 0.95), radius=0.26, light=(13.0, 6.4, 2.1)),
    spheres=(
        _on_floor(-1.55, -1.35, 1.05, Surface(METAL, (0.93, 0.93, 0.95))),
        _on_floor(0.55, -1.75, 0.8, Surface(COATED, (0.035, 0.36, 0.27))),
        _on_floor(-0.35, 0.6, 0.62, Surface(GLASS, (0.16, 0.05, 0.06))),
        _on_floor(2.25, -0.85, 0.72, Surface(METAL, (0.98, 0.7, 0.33), 0.16)),
        _on_floor(-2.35, 0.75, 0.46, Surface(COATED, (0.62, 0.1, 0.06))),
        _on_floor(-1.42, 1.5, 0.3, Surface(COATED, (0.75, 0.73, 0.68))),
        _on_floor(2.15, 0.75, 0.42, Surface(GLASS, (0.1, 0.5, 1.5))),
        _on_floor(0.32, 1.75, 0.22, Surface(METAL, (0.95, 0.56, 0.42), 0.05)),
        _on_floor(1.55, 1.75, 0.2, Surface(COATED, (0.08, 0.12, 0.5))),
        _on_floor(-0.72, 2.05, 0.17, Surface(COATED, (0.8, 0.45, 0.05))),
        _on_floor(-2.75, -0.65, 0.3, Surface(MATTE, (0.7, 0.68, 0.6))),
        _on_floor(1.25, -0.35, 0.24, Surface(COATED, (0.6, 0.58, 0.56))),
    ),
    camera=Camera(origin=(0.15, 1.55, 5.6), target=(-0.02, 1.12, -0.4), half_height=0.41, aperture=0.03, focus=5.1),
)

SCENES = {"room": _ROOM}
"""Scenes by name; an input names one."""
