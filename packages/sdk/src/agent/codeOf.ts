import { type ErrorCode, OblivionError } from '@oblivion/core'

/** An error's code; what is none of ours is a fault of the worker's own. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof OblivionError ? error.code : 'OB201')
