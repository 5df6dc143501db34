import type { ProgramContext } from '@oblivion/programs'
import { createRandom } from '@oblivion/programs/random'
import { type FromJob, type JobOrder, MAX_CHECKPOINT } from './messages.ts'

/** What a thread can do before it is locked down. */
export interface ThreadPowers {
  readonly tell: (message: FromJob) => void
  /** Milliseconds that only grow. */
  readonly now: () => number
  /** Stands still for some milliseconds; false where this browser cannot. */
  readonly standStill: (milliseconds: number) => boolean
  /** Comes back after whatever waits for the thread, messages first. */
  readonly turn: () => Promise<void>
}

export interface JobContext extends ProgramContext {
  readonly progress: (fraction: number) => Promise<void>
  /** Comes back when the program may begin. */
  readonly begin: () => Promise<void>
  readonly setPace: (pace: number) => void
  readonly rested: () => number
}

/** How long a thread computes at a stretch before it rests for its pace: short against what a person feels. */
const STRETCH_MS = 20
/** How often a program that awaits its progress lets messages in. */
const TURN_MS = 50
/** Reports of a flood are merged to one in this time. */
const REPORT_MS = 100
const CHECKPOINT_MS = 250

const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)))

/** What the program gets besides its input. It holds the powers of the thread; the program gets nothing of them. */
export const createJobContext = (
  { seed, resumed, pace: firstPace }: Pick<JobOrder, 'seed' | 'resumed' | 'pace'>,
  { tell, now, standStill, turn }: ThreadPowers,
): JobContext => {
  const settled = Promise.resolve()
  let pace = firstPace
  let proceed: (() => void) | null = null
  let turning: Promise<void> | null = null
  let told = 0
  let rested = 0
  let stretchFrom = now()
  let turnedAt = stretchFrom
  let reportedAt = 0
  let keptAt = Number.NEGATIVE_INFINITY

  const report = (fraction: number, at: number): void => {
    const more = fraction >= told + 0.005 && fraction <= 1
    if (more) told = fraction
    if (!more && at - reportedAt < REPORT_MS) return
    reportedAt = at
    tell({ progress: told, rested })
  }

  /** Paused: the pace that ends it is a message, and comes in while this waits. */
  const begin = async (): Promise<void> => {
    const from = now()
    while (pace === 0) await new Promise<void>((resolve) => (proceed = resolve))
    turnedAt = stretchFrom = now()
    rested += turnedAt - from
  }
  const yieldTurn = async (): Promise<void> => {
    await turn()
    turning = null
    await begin()
  }

  return {
    progress: (fraction) => {
      const at = now()
      report(fraction, at)
      const busy = at - stretchFrom
      if (busy >= STRETCH_MS) {
        // While paused nothing is owed: what does not await cannot pause, and is ended from outside.
        const owed = pace > 0 ? busy / pace - busy : 0
        if (owed > 0 && standStill(owed)) rested += now() - at
        stretchFrom = now()
      }
      if (at - turnedAt <= TURN_MS) return settled
      // One at a time: a program that never awaits would pile them up.
      turning ??= yieldTurn()
      return turning
    },
    checkpoint: (state) => {
      const at = now()
      if (at - keptAt < CHECKPOINT_MS) return
      const text = JSON.stringify(state)
      // Refused by the server, it would be lost without a word.
      if (!(text?.length <= MAX_CHECKPOINT) || isDeep(state, 64))
        throw new RangeError('A checkpoint is a JSON value of at most 1 MiB and 64 levels.')
      keptAt = at
      tell({ checkpoint: text })
    },
    resumed,
    random: createRandom(seed),
    signal: { aborted: false },
    begin,
    // A message is heard only where the program yields, or has not begun: so whoever hears a rest does rest.
    setPace: (next) => {
      pace = next
      if (next > 0) proceed?.()
      tell({ paced: next })
    },
    rested: () => rested,
  }
}
