import type { ReadClient } from '@oblivion/contracts'
import { getBlock } from 'viem/actions'
import type { Engine } from '../database/createEngine.ts'
import { readInstance } from '../database/ledger.ts'
import type { Alarms } from '../health/alarms.ts'
import { sayNobodySettles } from './alarmRules.ts'

const LOOK_MS = 60_000

/** What a coordinator does that does not hold the settling lock: it looks whether who holds it books anything. */
export type Standby = {
  look(): Promise<void>
  /** This process settles itself. */
  end(): void
}

/**
 * A lock tells only that a connection is open: its process may be gone, and the database not have heard of it. So a
 * minute's look compares what is booked with what is final, and `nobody_settles` is raised where that goes on for long.
 */
export function createStandby(parameters: {
  engine: Engine
  client: ReadClient
  alarms: Alarms
  now: () => number
}): Standby {
  const { engine, client, alarms, now } = parameters
  let lookedAt = Number.NEGATIVE_INFINITY
  let booked: { block: bigint; atMs: number } | null = null
  return {
    async look() {
      if (now() - lookedAt < LOOK_MS) return
      lookedAt = now()
      const instance = await readInstance(engine)
      if (instance === null) return
      const { cursorBlock } = instance
      const { number: finalizedBlock } = await getBlock(client, { blockTag: 'finalized' })
      if (booked?.block !== cursorBlock || finalizedBlock <= cursorBlock) booked = { block: cursorBlock, atMs: now() }
      alarms.set('nobody_settles', sayNobodySettles({ cursorBlock, forMs: now() - booked.atMs }))
    },
    end() {
      lookedAt = Number.NEGATIVE_INFINITY
      booked = null
      alarms.set('nobody_settles', null)
    },
  }
}
