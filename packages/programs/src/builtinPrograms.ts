import type { Program } from './Program.ts'
import { raytrace } from './raytrace/raytrace.ts'

/** Programs that every node has, by the name that a task gives (`program: { kind: 'builtin', name }`). */
export const builtinPrograms = { raytrace } as const satisfies Record<string, Program>

export type BuiltinName = keyof typeof builtinPrograms

export const isBuiltinName = (name: string): name is BuiltinName => Object.hasOwn(builtinPrograms, name)
