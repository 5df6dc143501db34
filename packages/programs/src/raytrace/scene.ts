/** Linear RGB. */
export type Colour = readonly [number, number, number]
export type Point = readonly [number, number, number]

/**
 * What a surface does with light. `coated` is matte paint under clear varnish; `metal` reflects with its colour, spread by
 * `roughness`; `glass` bends light and swallows `absorption` per unit of length.
 */
export type Surface =
  | { readonly kind: 'matte'; readonly colour: Colour }
  | { readonly kind: 'coated'; readonly colour: Colour; readonly roughness: number }
  | { readonly kind: 'metal'; readonly colour: Colour; readonly roughness: number }
  | { readonly kind: 'glass'; readonly absorption: Colour }

export interface Sphere {
  readonly centre: Point
  readonly radius: number
  readonly surface: Surface
}

/** A box seen from inside, a panel of light below its ceiling, a glowing ball, and spheres. Units are metres. */
export interface Scene {
  readonly room: { readonly min: Point; readonly max: Point }
  readonly walls: {
    readonly left: Colour
    readonly right: Colour
    readonly back: Colour
    readonly front: Colour
    readonly ceiling: Colour
    readonly floor: readonly [Colour, Colour]
  }
  readonly panel: {
    readonly min: readonly [number, number]
    readonly max: readonly [number, number]
    readonly light: Colour
  }
  readonly lamp: { readonly centre: Point; readonly radius: number; readonly light: Colour }
  readonly spheres: readonly Sphere[]
  readonly camera: {
    readonly from: Point
    readonly to: Point
    /** Half the picture's height at distance 1. */
    readonly halfHeight: number
    readonly aperture: number
    readonly focus: number
  }
}

const matte = (colour: Colour): Surface => ({ kind: 'matte', colour })
const coated = (colour: Colour, roughness = 0): Surface => ({ kind: 'coated', colour, roughness })
const metal = (colour: Colour, roughness = 0): Surface => ({ kind: 'metal', colour, roughness })
const glass = (absorption: Colour): Surface => ({ kind: 'glass', absorption })
const onFloor = (x: number, z: number, radius: number, surface: Surface): Sphere => ({
  centre: [x, radius, z],
  radius,
  surface,
})

/** The room: warm wall, cool wall, polished floor, three large spheres and a scatter of small ones around a lamp. */
const room: Scene = {
  room: { min: [-3.6, 0, -3.4], max: [3.6, 3.7, 6] },
  walls: {
    left: [0.62, 0.2, 0.115],
    right: [0.06, 0.2, 0.27],
    back: [0.74, 0.7, 0.63],
    front: [0.55, 0.52, 0.48],
    ceiling: [0.78, 0.77, 0.74],
    floor: [
      [0.36, 0.33, 0.3],
      [0.075, 0.075, 0.085],
    ],
  },
  panel: { min: [-1.7, -2.3], max: [1.7, 0.9], light: [5.6, 5.2, 4.6] },
  lamp: { centre: [1.02, 0.26, 0.95], radius: 0.26, light: [13, 6.4, 2.1] },
  spheres: [
    onFloor(-1.55, -1.35, 1.05, metal([0.93, 0.93, 0.95], 0)),
    onFloor(0.55, -1.75, 0.8, coated([0.035, 0.36, 0.27], 0)),
    onFloor(-0.35, 0.6, 0.62, glass([0.16, 0.05, 0.06])),
    onFloor(2.25, -0.85, 0.72, metal([0.98, 0.7, 0.33], 0.16)),
    onFloor(-2.35, 0.75, 0.46, coated([0.62, 0.1, 0.06], 0)),
    onFloor(-1.42, 1.5, 0.3, coated([0.75, 0.73, 0.68], 0)),
    onFloor(2.15, 0.75, 0.42, glass([0.1, 0.5, 1.5])),
    onFloor(0.32, 1.75, 0.22, metal([0.95, 0.56, 0.42], 0.05)),
    onFloor(1.55, 1.75, 0.2, coated([0.08, 0.12, 0.5], 0)),
    onFloor(-0.72, 2.05, 0.17, coated([0.8, 0.45, 0.05], 0)),
    onFloor(-2.75, -0.65, 0.3, matte([0.7, 0.68, 0.6])),
    onFloor(1.25, -0.35, 0.24, coated([0.6, 0.58, 0.56], 0)),
  ],
  camera: { from: [0.15, 1.55, 5.6], to: [-0.02, 1.12, -0.4], halfHeight: 0.41, aperture: 0.03, focus: 5.1 },
}

/** Scenes by name; an input names one. */
export const scenes = { room } as const
export type SceneName = keyof typeof scenes
export const isSceneName = (name: string): name is SceneName => Object.hasOwn(scenes, name)
