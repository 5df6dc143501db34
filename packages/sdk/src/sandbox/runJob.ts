import { createJobContext, type JobContext, type ThreadPowers } from './jobContext.ts'
import { lockDown } from './lockdown.ts'
import type { JobOrder } from './messages.ts'

type Program = (input: unknown, context: object) => unknown
type Support = (source?: unknown, input?: unknown, maxMemoryMiB?: number, context?: object) => unknown

export interface RealmPowers extends ThreadPowers {
  /** The default export of a module of this text. Called before the lockdown, it loads when the answer is called. */
  readonly load: (code: string) => () => Promise<unknown>
}

const text = JSON.stringify

const asText = (error: unknown): string => {
  try {
    return String((error as { message?: unknown } | null)?.message ?? error)
  } catch {
    return 'It threw what has no text.'
  }
}

/**
 * Runs one job in this realm, which is locked down by it and good for nothing else afterwards. What becomes of the job is
 * told: reports, checkpoints, and one end (`text` or `error`). Nothing of `powers` is within the program's reach.
 *
 * @returns Where later changes of the pace go.
 */
export const runJob = (order: JobOrder, scope: object, powers: RealmPowers): Pick<JobContext, 'setPace'> => {
  const context = createJobContext(order, powers)
  const compute = async (): Promise<void> => {
    const { source, support, input, maxMemoryMiB } = order
    const { tell, load } = powers
    try {
      const program = typeof source === 'string' ? load(source) : null
      const supported = support === null ? null : ((await load(support)()) as Support)
      if (program) supported?.()
      lockDown(scope, context.random)
      const { progress, checkpoint, resumed, random, signal } = context
      const main = program && ((await program()) as Program)
      await context.begin()
      const result = main
        ? await main(input, { progress, checkpoint, resumed, random, signal })
        : supported?.(source, input, maxMemoryMiB, context)
      const said = text(result)
      // Undefined and functions have no text.
      tell(
        said === undefined
          ? { error: 'The program returned no JSON value.' }
          : { text: said, rested: context.rested() },
      )
    } catch (error) {
      tell({ error: asText(error) })
    }
  }
  void compute()
  return context
}
