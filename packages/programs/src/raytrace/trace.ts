import { cosTurns, expMinus, sinTurns } from './exactMath.ts'
import {
  BACK,
  CEILING,
  compileGeometry,
  EPSILON,
  FLOOR,
  type Hit,
  intersect,
  LAMP,
  LEFT,
  lightThrough,
  PANEL,
  RIGHT,
} from './geometry.ts'
import { createSampler, nextPair, startPixel, startSample } from './sampler.ts'
import type { Colour, Scene, Surface } from './scene.ts'

/** Bounces after the first hit. */
const MAX_DEPTH = 5
/** No single sample counts for more: a rare bright path would show as a speck. */
const MAX_SAMPLE = 7
/** Reflectance of varnish and glass at normal incidence, index of refraction 1.5. */
const F0 = 0.04
const INDEX = 1.5
const BLACK: Colour = [0, 0, 0]

const normalised = (x: number, y: number, z: number): [number, number, number] => {
  const length = Math.sqrt(x * x + y * y + z * z)
  return [x / length, y / length, z / length]
}

/**
 * A path tracer for one scene at one picture size: `tracePixel(x, y, out)` writes the mean linear colour of a pixel.
 * Light is sampled directly at each matte hit (both lights); glowing things seen by the camera or in reflections count as
 * they are. Plain loops over local numbers: an object per vector costs 4 times the time here.
 */
export const createTracer = (
  scene: Scene,
  width: number,
  height: number,
  samples: number,
): ((x: number, y: number, out: Float64Array) => void) => {
  const g = compileGeometry(scene)
  const hit: Hit = { t: 0, id: 0 }
  const sampler = createSampler(samples)
  const isGlass = Uint8Array.from([...scene.spheres.map((s) => (s.surface.kind === 'glass' ? 1 : 0)), 0])
  const { from, to, halfHeight, aperture, focus } = scene.camera
  const [fx, fy, fz] = normalised(to[0] - from[0], to[1] - from[1], to[2] - from[2])
  const [rx, , rz] = normalised(-fz, 0, fx)
  const ux = -rz * fy
  const uy = rz * fx - rx * fz
  const uz = rx * fy
  const lamp = scene.lamp
  const lampRadius2 = lamp.radius * lamp.radius
  const panelWidth = g.panel.x1 - g.panel.x0
  const panelDepth = g.panel.z1 - g.panel.z0
  const panelScale = (panelWidth * panelDepth) / Math.PI
  const wallColour = (id: number, x: number, z: number): Colour => {
    if (id === FLOOR) {
      const tile = Math.floor((x + z) * 0.8) + Math.floor((x - z) * 0.8)
      return scene.walls.floor[(tile & 1) as 0 | 1]
    }
    if (id === CEILING) return scene.walls.ceiling
    if (id === LEFT) return scene.walls.left
    if (id === RIGHT) return scene.walls.right
    return id === BACK ? scene.walls.back : scene.walls.front
  }
  const floorSurface: Surface = { kind: 'coated', colour: BLACK, roughness: 0.015 }
  const wallSurface: Surface = { kind: 'matte', colour: BLACK }

  return (px, py, out) => {
    let sumR = 0
    let sumG = 0
    let sumB = 0
    startPixel(sampler, px, py)
    for (let sample = 0; sample < samples; sample++) {
      startSample(sampler, sample)
      nextPair(sampler)
      const sx = ((2 * (px + sampler.u)) / width - 1) * halfHeight * (width / height)
      const sy = (1 - (2 * (py + sampler.v)) / height) * halfHeight
      nextPair(sampler)
      const lensRadius = aperture * Math.sqrt(sampler.u)
      const lx = lensRadius * cosTurns(sampler.v)
      const ly = lensRadius * sinTurns(sampler.v)
      let ox = from[0] + rx * lx + ux * ly
      let oy = from[1] + uy * ly
      let oz = from[2] + rz * lx + uz * ly
      let dx = fx * focus + rx * (sx * focus - lx) + ux * (sy * focus - ly)
      let dy = fy * focus + uy * (sy * focus - ly)
      let dz = fz * focus + rz * (sx * focus - lx) + uz * (sy * focus - ly)
      let norm = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz)
      dx *= norm
      dy *= norm
      dz *= norm
      let wr = 1
      let wg = 1
      let wb = 1
      let r = 0
      let gr = 0
      let b = 0
      let seesLights = true

      for (let depth = 0; depth <= MAX_DEPTH; depth++) {
        intersect(g, hit, ox, oy, oz, dx, dy, dz)
        const id = hit.id
        if (id === LAMP || id === PANEL) {
          if (seesLights) {
            const light = id === LAMP ? lamp.light : scene.panel.light
            r += wr * light[0]
            gr += wg * light[1]
            b += wb * light[2]
          }
          break
        }
        const t = hit.t
        const x = ox + dx * t
        const y = oy + dy * t
        const z = oz + dz * t
        let nx = 0
        let ny = 0
        let nz = 0
        let surface: Surface = wallSurface
        let colour: Colour
        if (id >= 0) {
          const k = id * 4
          nx = x - (g.spheres[k] as number)
          ny = y - (g.spheres[k + 1] as number)
          nz = z - (g.spheres[k + 2] as number)
          norm = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz)
          nx *= norm
          ny *= norm
          nz *= norm
          surface = (scene.spheres[id] as { surface: Surface }).surface
          colour = surface.kind === 'glass' ? surface.absorption : surface.colour
        } else {
          if (id === FLOOR) {
            ny = 1
            surface = floorSurface
          } else if (id === CEILING) ny = -1
          else if (id === LEFT) nx = 1
          else if (id === RIGHT) nx = -1
          else nz = id === BACK ? 1 : -1
          colour = wallColour(id, x, z)
        }
        let cos = -(dx * nx + dy * ny + dz * nz)
        nextPair(sampler)
        const choice = sampler.u

        if (surface.kind === 'glass') {
          const inside = cos < 0
          if (inside) {
            nx = -nx
            ny = -ny
            nz = -nz
            cos = -cos
            wr *= expMinus(colour[0] * t)
            wg *= expMinus(colour[1] * t)
            wb *= expMinus(colour[2] * t)
          }
          const eta = inside ? INDEX : 1 / INDEX
          const k = 1 - eta * eta * (1 - cos * cos)
          let reflectance = 1
          if (k > 0) {
            const m = 1 - (inside ? Math.sqrt(k) : cos)
            reflectance = F0 + (1 - F0) * m * m * m * m * m
          }
          const chance = k > 0 ? 0.15 + 0.7 * reflectance : 1
          if (choice < chance) {
            const w = reflectance / chance
            wr *= w
            wg *= w
            wb *= w
            dx += 2 * cos * nx
            dy += 2 * cos * ny
            dz += 2 * cos * nz
          } else {
            const w = (1 - reflectance) / (1 - chance)
            wr *= w
            wg *= w
            wb *= w
            const bend = eta * cos - Math.sqrt(k)
            dx = eta * dx + bend * nx
            dy = eta * dy + bend * ny
            dz = eta * dz + bend * nz
          }
          ox = x
          oy = y
          oz = z
          continue
        }

        let reflect = surface.kind === 'metal'
        if (reflect) {
          wr *= colour[0]
          wg *= colour[1]
          wb *= colour[2]
        } else if (surface.kind === 'coated') {
          const m = 1 - cos
          const reflectance = F0 + (1 - F0) * m * m * m * m * m
          // After a matte bounce the varnish's own reflection is below the noise: take the paint alone.
          const chance = seesLights ? 0.2 + 0.7 * reflectance : 0
          reflect = choice < chance
          const w = reflect ? reflectance / chance : (1 - reflectance) / (1 - chance)
          wr *= w
          wg *= w
          wb *= w
        }
        ox = x + nx * EPSILON
        oy = y + ny * EPSILON
        oz = z + nz * EPSILON
        if (reflect) {
          dx += 2 * cos * nx
          dy += 2 * cos * ny
          dz += 2 * cos * nz
          const roughness = surface.kind === 'matte' ? 0 : surface.roughness
          if (roughness > 0) {
            nextPair(sampler)
            const h = 1 - 2 * sampler.u
            const ring = roughness * Math.sqrt(1 - h * h)
            dx += ring * cosTurns(sampler.v)
            dy += ring * sinTurns(sampler.v)
            dz += roughness * h
            norm = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz)
            dx *= norm
            dy *= norm
            dz *= norm
            if (dx * nx + dy * ny + dz * nz <= 0) break
          }
          continue
        }

        wr *= colour[0]
        wg *= colour[1]
        wb *= colour[2]

        // The panel.
        nextPair(sampler)
        let tx = g.panel.x0 + panelWidth * sampler.u - ox
        let ty = g.panelY - oy
        let tz = g.panel.z0 + panelDepth * sampler.v - oz
        let distance2 = tx * tx + ty * ty + tz * tz
        let distance = Math.sqrt(distance2)
        tx /= distance
        ty /= distance
        tz /= distance
        let facing = tx * nx + ty * ny + tz * nz
        if (facing > 0 && ty > 0) {
          const through = lightThrough(g, isGlass, -1, ox, oy, oz, tx, ty, tz, distance)
          if (through > 0) {
            const w = (through * facing * ty * panelScale) / distance2
            r += wr * w * scene.panel.light[0]
            gr += wg * w * scene.panel.light[1]
            b += wb * w * scene.panel.light[2]
          }
        }

        // The lamp: a direction inside the cone that it fills.
        nextPair(sampler)
        tx = lamp.centre[0] - ox
        ty = lamp.centre[1] - oy
        tz = lamp.centre[2] - oz
        distance2 = tx * tx + ty * ty + tz * tz
        if (distance2 > lampRadius2 * 1.0001) {
          distance = Math.sqrt(distance2)
          tx /= distance
          ty /= distance
          tz /= distance
          const cosMax = Math.sqrt(1 - lampRadius2 / distance2)
          const c = 1 - sampler.u * (1 - cosMax)
          const s = Math.sqrt(1 - c * c)
          // Any frame around the direction (Duff and others, JCGT 2017).
          const sign = tz < 0 ? -1 : 1
          const p = -1 / (sign + tz)
          const q = tx * ty * p
          const e = s * cosTurns(sampler.v)
          const f = s * sinTurns(sampler.v)
          const vx = tx * c + (1 + sign * tx * tx * p) * e + q * f
          const vy = ty * c + sign * q * e + (sign + ty * ty * p) * f
          const vz = tz * c - sign * tx * e - ty * f
          facing = vx * nx + vy * ny + vz * nz
          if (facing > 0) {
            const through = lightThrough(g, isGlass, g.count, ox, oy, oz, vx, vy, vz, distance - lamp.radius)
            const w = through * facing * 2 * (1 - cosMax)
            r += wr * w * lamp.light[0]
            gr += wg * w * lamp.light[1]
            b += wb * w * lamp.light[2]
          }
        }

        // On to a cosine-weighted direction: the normal plus a point of the unit sphere.
        nextPair(sampler)
        const h = 1 - 2 * sampler.u
        const ring = Math.sqrt(1 - h * h)
        dx = nx + ring * cosTurns(sampler.v)
        dy = ny + ring * sinTurns(sampler.v)
        dz = nz + h
        const length2 = dx * dx + dy * dy + dz * dz
        if (length2 < 1e-12) break
        norm = 1 / Math.sqrt(length2)
        dx *= norm
        dy *= norm
        dz *= norm
        seesLights = false
        // Paths that carry little end early, by lot, and the others carry their share.
        const carried = wr > wg ? (wr > wb ? wr : wb) : wg > wb ? wg : wb
        if (depth >= 1 && carried < 0.5) {
          const survival = carried * 2
          if (choice >= survival) break
          wr /= survival
          wg /= survival
          wb /= survival
        }
      }
      sumR += r > MAX_SAMPLE ? MAX_SAMPLE : r
      sumG += gr > MAX_SAMPLE ? MAX_SAMPLE : gr
      sumB += b > MAX_SAMPLE ? MAX_SAMPLE : b
    }
    out[0] = sumR / samples
    out[1] = sumG / samples
    out[2] = sumB / samples
  }
}
