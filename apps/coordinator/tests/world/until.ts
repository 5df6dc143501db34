import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again and again until the answer is not null, and fails with `what` after `withinMs`. */
export async function until<T>(what: string, ask: () => Promise<T | null> | T | null, withinMs = 90_000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== null && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${what}`)
    await sleep(20)
  }
}
