/**
 * Collects what has to be undone, and undoes it in reverse: what was started last, and uses the rest, ends first.
 *
 * Every step runs, also after one failed; the first failure is thrown in the end. Running it twice is one run.
 */
export const createShutdown = () => {
  const steps: (() => void | Promise<void>)[] = []
  let running: Promise<void> | undefined
  const undo = async (): Promise<void> => {
    const failures: unknown[] = []
    for (const step of steps.reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
  return {
    add: (step: () => void | Promise<void>): void => {
      steps.push(step)
    },
    run: (): Promise<void> => {
      running ??= undo()
      return running
    },
  }
}
