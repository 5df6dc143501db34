import type { Point, Scene } from './scene.ts'

/** What a ray met: a sphere's index, or one of these. */
export const LAMP = -1
export const PANEL = -2
export const FLOOR = -3
export const CEILING = -4
export const LEFT = -5
export const RIGHT = -6
export const BACK = -7
const FRONT = -8

/** Spheres as flat numbers, lamp last: the inner loop reads nothing else. */
export interface Geometry {
  readonly spheres: Float64Array
  readonly count: number
  readonly min: Point
  readonly max: Point
  readonly panelY: number
  readonly panel: { readonly x0: number; readonly z0: number; readonly x1: number; readonly z1: number }
}

export const compileGeometry = (scene: Scene): Geometry => {
  const all = [...scene.spheres, { centre: scene.lamp.centre, radius: scene.lamp.radius }]
  const spheres = new Float64Array(all.length * 4)
  for (const [i, { centre, radius }] of all.entries()) spheres.set([...centre, radius * radius], i * 4)
  const [x0, z0] = scene.panel.min
  const [x1, z1] = scene.panel.max
  return {
    spheres,
    count: scene.spheres.length,
    min: scene.room.min,
    max: scene.room.max,
    panelY: scene.room.max[1] - 0.04,
    panel: { x0, z0, x1, z1 },
  }
}

/** A ray starts this far from the surface that it leaves, so that it does not meet it again. */
export const EPSILON = 1e-6

/** Result of `intersect`, in place of an allocation per ray. */
export interface Hit {
  t: number
  id: number
}

/** Nearest thing along a ray; a ray that starts in the room always meets something. */
export const intersect = (
  g: Geometry,
  hit: Hit,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): void => {
  // The room is convex and the ray is inside: only the wall that it faces on each axis can be met.
  let t = dx > 0 ? (g.max[0] - ox) / dx : dx < 0 ? (g.min[0] - ox) / dx : 1e30
  let id = dx > 0 ? RIGHT : LEFT
  const ty = dy > 0 ? (g.max[1] - oy) / dy : dy < 0 ? (g.min[1] - oy) / dy : 1e30
  if (ty < t) {
    t = ty
    id = dy > 0 ? CEILING : FLOOR
  }
  const tz = dz > 0 ? (g.max[2] - oz) / dz : dz < 0 ? (g.min[2] - oz) / dz : 1e30
  if (tz < t) {
    t = tz
    id = dz > 0 ? FRONT : BACK
  }
  if (dy > 0 && oy < g.panelY) {
    const tp = (g.panelY - oy) / dy
    const x = ox + dx * tp
    const z = oz + dz * tp
    if (tp < t && x > g.panel.x0 && x < g.panel.x1 && z > g.panel.z0 && z < g.panel.z1) {
      t = tp
      id = PANEL
    }
  }
  const s = g.spheres
  for (let i = 0, k = 0; i <= g.count; i++, k += 4) {
    const cx = (s[k] as number) - ox
    const cy = (s[k + 1] as number) - oy
    const cz = (s[k + 2] as number) - oz
    const b = cx * dx + cy * dy + cz * dz
    const c = cx * cx + cy * cy + cz * cz - (s[k + 3] as number)
    const discriminant = b * b - c
    if (discriminant <= 0) continue
    const root = Math.sqrt(discriminant)
    const near = b - root
    if (near > EPSILON) {
      if (near < t) {
        t = near
        id = i === g.count ? LAMP : i
      }
    } else {
      const far = b + root
      if (far > EPSILON && far < t) {
        t = far
        id = i === g.count ? LAMP : i
      }
    }
  }
  hit.t = t
  hit.id = id
}

/**
 * How much of a light comes through towards a point: 0 behind anything solid, 1 in the clear. Glass lets light through
 * straight, more through its middle than through its rim, which draws a soft focus into its shadow without the noise of
 * traced caustics. The `skip` sphere (the lamp, when it is the light) does not stand in its own way.
 */
export const lightThrough = (
  g: Geometry,
  isGlass: Uint8Array,
  skip: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  distance: number,
): number => {
  const s = g.spheres
  let through = 1
  for (let i = 0, k = 0; i <= g.count; i++, k += 4) {
    if (i === skip) continue
    const cx = (s[k] as number) - ox
    const cy = (s[k + 1] as number) - oy
    const cz = (s[k + 2] as number) - oz
    const b = cx * dx + cy * dy + cz * dz
    const radius2 = s[k + 3] as number
    const c = cx * cx + cy * cy + cz * cz - radius2
    const discriminant = b * b - c
    if (discriminant <= 0) continue
    const root = Math.sqrt(discriminant)
    if (b + root <= EPSILON || b - root >= distance) continue
    if (b - root <= EPSILON && isGlass[i] === 0) continue
    if (isGlass[i] === 0) return 0
    const middle = discriminant / radius2
    through *= 0.12 + 1.5 * middle * middle * middle
  }
  return through
}
