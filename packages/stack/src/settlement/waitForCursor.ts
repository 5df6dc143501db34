import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StackError } from '../StackError.ts'
import { readInstance } from './ensureSettlement.ts'

const WITHIN_MS = 30_000

/** Answers once the coordinator has booked the chain up to `block`, so that a deposit made there shows as balance. */
export const waitForCursor = async (coordinatorUrl: string, block: bigint, signal: AbortSignal): Promise<void> => {
  const ledger = new pg.Client({ connectionString: coordinatorUrl, application_name: 'oblivion-start' })
  await ledger.connect()
  try {
    const deadline = performance.now() + WITHIN_MS
    while (!signal.aborted) {
      const instance = await readInstance(ledger)
      if (BigInt(instance?.cursorBlock ?? -1) >= block) return
      if (performance.now() > deadline) {
        throw new StackError(
          'child_not_ready',
          'The coordinator did not book the first deposits.',
          'See what it says: npx -y pnpm@12.21.0 logs coordinator',
        )
      }
      await sleep(50)
    }
  } finally {
    await ledger.end()
  }
}
