"""The path tracer, operation by operation that of packages/programs/src/raytrace/trace.ts, which says why.

Python's floats are IEEE doubles, and each operation rounds once, as in JavaScript: the same order gives the same bits.
What JavaScript would answer with NaN or an infinity raises here; no input reaches either.
"""

from __future__ import annotations

from math import floor, pi, sqrt
from typing import Callable

from .exact_math import cos_sin_turns, exp_minus
from .geometry import BACK, CEILING, EPSILON, FLOOR, LAMP, LEFT, PANEL, RIGHT, Geometry
from .sampler import Sampler
from .scene import COATED, GLASS, MATTE, METAL, Colour, Scene

_MAX_DEPTH = 5
_MAX_SAMPLE = 7.0
_F0 = 0.04
_INDEX = 1.5
_FLOOR_ROUGHNESS = 0.015


def _normalised(x: float, y: float, z: float) -> tuple[float, float, float]:
    length = sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


def create_tracer(scene: Scene, width: int, height: int, samples: int) -> Callable[[int, int], Colour]:
    """A function from a pixel to its mean linear colour, for one scene at one picture size."""
    geometry = Geometry(scene)
    seen_from, nearest, light_through = geometry.seen_from, geometry.nearest, geometry.light_through
    sampler = Sampler(samples)
    pairs = sampler.pairs
    camera = scene.camera
    half_height, aperture, focus = camera.half_height, camera.aperture, camera.focus
    (ax, ay, az), (bx, by, bz) = camera.origin, camera.target
    fx, fy, fz = _normalised(bx - ax, by - ay, bz - az)
    rx, _, rz = _normalised(-fz, 0.0, fx)
    ux = -rz * fy
    uy = rz * fx - rx * fz
    uz = rx * fy
    (lamp_x, lamp_y, lamp_z), lamp_radius, lamp_light = scene.lamp.centre, scene.lamp.radius, scene.lamp.light
    lamp_radius2 = lamp_radius * lamp_radius
    panel_light = scene.panel.light
    panel_width = geometry.x1 - geometry.x0
    panel_depth = geometry.z1 - geometry.z0
    panel_scale = (panel_width * panel_depth) / pi
    walls = scene.walls
    surfaces = [(s.surface.kind, s.surface.colour, s.surface.roughness) for s in scene.spheres]
    centres = [s.centre for s in scene.spheres]

    def floor_colour(x: float, z: float) -> Colour:
        return walls.floor[(floor((x + z) * 0.8) + floor((x - z) * 0.8)) & 1]

    def trace_path(px: int, py: int, sample: int) -> Colour:
        u, v = pairs(0)[sample]
        sx = ((2 * (px + u)) / width - 1) * half_height * (width / height)
        sy = (1 - (2 * (py + v)) / height) * half_height
        u, v = pairs(1)[sample]
        dimension = 2
        lens_radius = aperture * sqrt(u)
        cosine, sine = cos_sin_turns(v)
        lx = lens_radius * cosine
        ly = lens_radius * sine
        ox = ax + rx * lx + ux * ly
        oy = ay + uy * ly
        oz = az + rz * lx + uz * ly
        dx = fx * focus + rx * (sx * focus - lx) + ux * (sy * focus - ly)
        dy = fy * focus + uy * (sy * focus - ly)
        dz = fz * focus + rz * (sx * focus - lx) + uz * (sy * focus - ly)
        norm = 1 / sqrt(dx * dx + dy * dy + dz * dz)
        dx *= norm
        dy *= norm
        dz *= norm
        wr = wg = wb = 1.0
        r = g = b = 0.0
        sees_lights = True
        seen = seen_from(ox, oy, oz)

        for depth in range(_MAX_DEPTH + 1):
            t, id_ = nearest(seen, ox, oy, oz, dx, dy, dz)
            if id_ == LAMP or id_ == PANEL:
                if sees_lights:
                    light = lamp_light if id_ == LAMP else panel_light
                    r += wr * light[0]
                    g += wg * light[1]
                    b += wb * light[2]
                break
            x = ox + dx * t
            y = oy + dy * t
            z = oz + dz * t
            kind = MATTE
            roughness = 0.0
            nx = ny = nz = 0.0
            if id_ >= 0:
                cx, cy, cz = centres[id_]
                nx = x - cx
                ny = y - cy
                nz = z - cz
                norm = 1 / sqrt(nx * nx + ny * ny + nz * nz)
                nx *= norm
                ny *= norm
                nz *= norm
                kind, colour, roughness = surfaces[id_]
            elif id_ == FLOOR:
                ny = 1.0
                kind = COATED
                roughness = _FLOOR_ROUGHNESS
                colour = floor_colour(x, z)
            elif id_ == CEILING:
                ny = -1.0
                colour = walls.ceiling
            elif id_ == LEFT:
                nx = 1.0
                colour = walls.left
            elif id_ == RIGHT:
                nx = -1.0
                colour = walls.right
            elif id_ == BACK:
                nz = 1.0
                colour = walls.back
            else:
                nz = -1.0
                colour = walls.front
            cos = -(dx * nx + dy * ny + dz * nz)
            choice = pairs(dimension)[sample][0]
            dimension += 1

            if kind == GLASS:
                inside = cos < 0
                if inside:
                    nx = -nx
                    ny = -ny
                    nz = -nz
                    cos = -cos
                    wr *= exp_minus(colour[0] * t)
                    wg *= exp_minus(colour[1] * t)
                    wb *= exp_minus(colour[2] * t)
                eta = _INDEX if inside else 1 / _INDEX
                k = 1 - eta * eta * (1 - cos * cos)
                reflectance = 1.0
                if k > 0:
                    m = 1 - (sqrt(k) if inside else cos)
                    reflectance = _F0 + (1 - _F0) * m * m * m * m * m
                chance = 0.15 + 0.7 * reflectance if k > 0 else 1.0
                if choice < chance:
                    w = reflectance / chance
                    dx += 2 * cos * nx
                    dy += 2 * cos * ny
                    dz += 2 * cos * nz
                else:
                    w = (1 - reflectance) / (1 - chance)
                    bend = eta * cos - sqrt(k)
                    dx = eta * dx + bend * nx
                    dy = eta * dy + bend * ny
                    dz = eta * dz + bend * nz
                wr *= w
                wg *= w
                wb *= w
                ox = x
                oy = y
                oz = z
                seen = seen_from(ox, oy, oz)
                continue

            reflect = kind == METAL
            if reflect:
                wr *= colour[0]
                wg *= colour[1]
                wb *= colour[2]
            elif kind == COATED:
                m = 1 - cos
                reflectance = _F0 + (1 - _F0) * m * m * m * m * m
                chance = 0.2 + 0.7 * reflectance if sees_lights else 0.0
                reflect = choice < chance
                w = reflectance / chance if reflect else (1 - reflectance) / (1 - chance)
                wr *= w
                wg *= w
                wb *= w
            ox = x + nx * EPSILON
            oy = y + ny * EPSILON
            oz = z + nz * EPSILON
            seen = seen_from(ox, oy, oz)
            if reflect:
                dx += 2 * cos * nx
                dy += 2 * cos * ny
                dz += 2 * cos * nz
                if roughness > 0:
                    u, v = pairs(dimension)[sample]
                    dimension += 1
                    h = 1 - 2 * u
                    ring = roughness * sqrt(1 - h * h)
                    cosine, sine = cos_sin_turns(v)
                    dx += ring * cosine
                    dy += ring * sine
                    dz += roughness * h
                    norm = 1 / sqrt(dx * dx + dy * dy + dz * dz)
                    dx *= norm
                    dy *= norm
                    dz *= norm
                    if dx * nx + dy * ny + dz * nz <= 0:
                        break
                continue

            wr *= colour[0]
            wg *= colour[1]
            wb *= colour[2]

            # The panel.
            u, v = pairs(dimension)[sample]
            tx = geometry.x0 + panel_width * u - ox
            ty = geometry.panel_y - oy
            tz = geometry.z0 + panel_depth * v - oz
            distance2 = tx * tx + ty * ty + tz * tz
            distance = sqrt(distance2)
            tx /= distance
            ty /= distance
            tz /= distance
            facing = tx * nx + ty * ny + tz * nz
            if facing > 0 and ty > 0:
                through = light_through(seen, tx, ty, tz, distance)
                if through > 0:
                    w = (through * facing * ty * panel_scale) / distance2
                    r += wr * w * panel_light[0]
                    g += wg * w * panel_light[1]
                    b += wb * w * panel_light[2]

            # The lamp: a direction inside the cone that it fills.
            u, v = pairs(dimension + 1)[sample]
            tx = lamp_x - ox
            ty = lamp_y - oy
            tz = lamp_z - oz
            distance2 = tx * tx + ty * ty + tz * tz
            if distance2 > lamp_radius2 * 1.0001:
                distance = sqrt(distance2)
                tx /= distance
                ty /= distance
                tz /= distance
                cos_max = sqrt(1 - lamp_radius2 / distance2)
                c = 1 - u * (1 - cos_max)
                s = sqrt(1 - c * c)
                sign = -1.0 if tz < 0 else 1.0
                p = -1 / (sign + tz)
                q = tx * ty * p
                cosine, sine = cos_sin_turns(v)
                e = s * cosine
                f = s * sine
                vx = tx * c + (1 + sign * tx * tx * p) * e + q * f
                vy = ty * c + sign * q * e + (sign + ty * ty * p) * f
                vz = tz * c - sign * tx * e - ty * f
                facing = vx * nx + vy * ny + vz * nz
                if facing > 0:
                    through = light_through(seen[:-1], vx, vy, vz, distance - lamp_radius)
                    w = through * facing * 2 * (1 - cos_max)
                    r += wr * w * lamp_light[0]
                    g += wg * w * lamp_light[1]
                    b += wb * w * lamp_light[2]

            # On to a cosine-weighted direction: the normal plus a point of the unit sphere.
            u, v = pairs(dimension + 2)[sample]
            dimension += 3
            h = 1 - 2 * u
            ring = sqrt(1 - h * h)
            cosine, sine = cos_sin_turns(v)
            dx = nx + ring * cosine
            dy = ny + ring * sine
            dz = nz + h
            length2 = dx * dx + dy * dy + dz * dz
            if length2 < 1e-12:
                break
            norm = 1 / sqrt(length2)
            dx *= norm
            dy *= norm
            dz *= norm
            sees_lights = False
            # Paths that carry little end early, by lot, and the others carry their share.
            carried = max(wr, wg, wb)
            if depth >= 1 and carried < 0.5:
                survival = carried * 2
                if choice >= survival:
                    break
                wr /= survival
                wg /= survival
                wb /= survival
        return r, g, b

    def trace_pixel(px: int, py: int) -> Colour:
        sampler.start_pixel(px, py)
        red = green = blue = 0.0
        for sample in range(samples):
            r, g, b = trace_path(px, py, sample)
            red += min(r, _MAX_SAMPLE)
            green += min(g, _MAX_SAMPLE)
            blue += min(b, _MAX_SAMPLE)
        return red / samples, green / samples, blue / samples

    return trace_pixel
