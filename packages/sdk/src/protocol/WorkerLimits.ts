/** How much of this machine the worker may use, and when. */
export interface WorkerLimits {
  /** The share of one processor core, 0.1 to 1. */
  readonly cpu: number
  /** It computes only while all of these hold: the page is in front; the machine is on mains power. */
  readonly when: readonly ('visible' | 'on-power')[]
  /** Programs that a customer wrote and nobody reviewed may run too, in the same sandbox. */
  readonly strangersPrograms: boolean
}

export const defaultLimits: WorkerLimits = { cpu: 0.5, when: ['on-power'], strangersPrograms: false }

/** What is no number becomes the least: a cap that cannot be read must not be none. */
export const clampCpu = (cpu: number): number => (cpu > 0.1 ? Math.min(1, cpu) : 0.1)
