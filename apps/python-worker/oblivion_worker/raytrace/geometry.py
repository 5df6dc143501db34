"""What a ray meets. The operations and their order are those of packages/programs/src/raytrace/geometry.ts.

Three rays leave each point that a path meets: to the panel, to the lamp, and on. What the spheres are to that point is
the same for the three, so it is computed once (`seen_from`); that is most of the time of a picture.
"""

from __future__ import annotations

from math import sqrt

from .scene import GLASS, Scene

LAMP, PANEL, FLOOR, CEILING, LEFT, RIGHT, BACK, FRONT = range(-1, -9, -1)
"""What a ray met where that is no sphere; a sphere is its index."""

EPSILON = 1e-6
"""A ray starts this far from the surface that it leaves, so that it does not meet it again."""

Seen = tuple[float, float, float, float, int]
"""A sphere from a point: its centre relative to it, the squared distance less the squared radius, and its id."""


class Geometry:
    """A scene as rays meet it."""

    def __init__(self, scene: Scene) -> None:
        self._low = scene.low
        self._high = scene.high
        self.x0, self.z0 = scene.panel.low
        self.x1, self.z1 = scene.panel.high
        self.panel_y = scene.high[1] - 0.04
        spheres = [(s.centre, s.radius) for s in scene.spheres]
        # The lamp comes last: as a light it does not stand in its own way, and is left out of the list.
        spheres.append((scene.lamp.centre, scene.lamp.radius))
        ids = [*range(len(scene.spheres)), LAMP]
        self._spheres = [(*centre, radius * radius, id_) for (centre, radius), id_ in zip(spheres, ids)]
        # By id; the lamp is -1, the last.
        self._glass = [s.surface.kind == GLASS for s in scene.spheres] + [False]
        self._squares = [radius * radius for _, radius in spheres]

    def seen_from(self, ox: float, oy: float, oz: float) -> list[Seen]:
        """All spheres, the lamp last, as rays from this point need them."""
        seen = []
        for x, y, z, radius2, id_ in self._spheres:
            cx = x - ox
            cy = y - oy
            cz = z - oz
            seen.append((cx, cy, cz, cx * cx + cy * cy + cz * cz - radius2, id_))
        return seen

    def nearest(
        self, seen: list[Seen], ox: float, oy: float, oz: float, dx: float, dy: float, dz: float
    ) -> tuple[float, int]:
        """Distance and id of the nearest thing along a ray; one that starts in the room always meets something."""
        # The room is convex and the ray is inside: only the wall that it faces on each axis can be met.
        high = self._high
        low = self._low
        t = (high[0] - ox) / dx if dx > 0 else (low[0] - ox) / dx if dx < 0 else 1e30
        id_ = RIGHT if dx > 0 else LEFT
        ty = (high[1] - oy) / dy if dy > 0 else (low[1] - oy) / dy if dy < 0 else 1e30
        if ty < t:
            t = ty
            id_ = CEILING if dy > 0 else FLOOR
        tz = (high[2] - oz) / dz if dz > 0 else (low[2] - oz) / dz if dz < 0 else 1e30
        if tz < t:
            t = tz
            id_ = FRONT if dz > 0 else BACK
        if dy > 0 and oy < self.panel_y:
            tp = (self.panel_y - oy) / dy
            if tp < t and self.x0 < ox + dx * tp < self.x1 and self.z0 < oz + dz * tp < self.z1:
                t = tp
                id_ = PANEL
        for cx, cy, cz, c, sphere in seen:
            b = cx * dx + cy * dy + cz * dz
            discriminant = b * b - c
            if discriminant <= 0:
                continue
            root = sqrt(discriminant)
            near = b - root
            if near > EPSILON:
                if near < t:
                    t = near
                    id_ = sphere
            elif EPSILON < b + root < t:
                t = b + root
                id_ = sphere
        return t, id_

    def light_through(self, seen: list[Seen], dx: float, dy: float, dz: float, distance: float) -> float:
        """How much of a light comes through towards a point: 0 behind anything solid, 1 in the clear."""
        through = 1.0
        for cx, cy, cz, c, sphere in seen:
            b = cx * dx + cy * dy + cz * dz
            discriminant = b * b - c
            if discriminant <= 0:
                continue
            root = sqrt(discriminant)
            if b + root <= EPSILON or b - root >= distance:
                continue
            if not self._glass[sphere]:
                if b - root <= EPSILON:
                    continue
                return 0.0
            middle = discriminant / self._squares[sphere]
            through *= 0.12 + 1.5 * middle * middle * middle
        return through
