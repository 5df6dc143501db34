import { custom, http, type Transport } from 'viem'
import { createChain } from '../../src/chain/createChain.ts'
import { createEngine, type Engine } from '../../src/database/createEngine.ts'
import { createSettlingLock } from '../../src/database/settlingLock.ts'
import { createAlarms } from '../../src/health/alarms.ts'
import { watchPart } from '../../src/health/watchPart.ts'
import { createLogger } from '../../src/log/createLogger.ts'
import { createSettlement } from '../../src/settlement/createSettlement.ts'
import type { World } from './createWorld.ts'

/** The power cut. */
class Cut extends Error {}

/** Cuts the power before or after the n-th thing that leaves the process; counts on without a cut where n is null. */
function createFuse(at: { step: number; when: 'before' | 'after' } | null) {
  let step = 0
  let dead = false
  return {
    get steps() {
      return step
    },
    async through<T>(act: () => Promise<T>): Promise<T> {
      // Whatever still runs beside the step that was cut dies with it.
      if (dead) throw new Cut()
      step += 1
      const mine = step
      if (at?.step === mine && at.when === 'before') dead = true
      if (dead) throw new Cut()
      const answer = await act()
      if (at?.step === mine && at.when === 'after') dead = true
      if (dead) throw new Cut()
      return answer
    },
  }
}

/**
 * What differs from the world's configuration, how far its clock is ahead, how many rows a batch has, what happens between
 * its first turn and others in the same moment of its clock, and how many requests for events the node answers with none, as
 * one does that lags.
 */
type Other = Partial<World['configuration']> & {
  laterMs?: number
  mostRows?: number
  between?: Array<() => Promise<unknown>>
  emptyLogs?: number
}

/** A coordinator's settlement that dies where the fuse says: as a process, it keeps nothing for the next one. */
export async function turnOnce(world: World, at: Parameters<typeof createFuse>[0] = null, other: Other = {}) {
  const { laterMs = 0, mostRows, between = [], emptyLogs = 0, ...configuration } = other
  let empty = emptyLogs
  const now = Date.now() + laterMs
  const fuse = createFuse(at)
  const watch = (part: 'database' | 'chain') => watchPart({ part, now: Date.now, onChange: () => undefined })
  const { databaseUrl, rpcUrl, settler, relayer, contractAddress, maxFeePerGas } = {
    ...world.configuration,
    ...configuration,
  }
  const engine: Engine = createEngine({ databaseUrl, watch: watch('database') })
  const lock = createSettlingLock({ databaseUrl, watch: watch('database') })
  const transport: Transport = (config) => {
    const inner = http(rpcUrl, { retryCount: 0 })(config)
    const provider = {
      async request(args: { method: string }) {
        const answer = await fuse.through(() => inner.request(args as never))
        return args.method === 'eth_getLogs' && empty-- > 0 ? [] : answer
      },
    }
    return custom(provider, { retryCount: 0 })(config)
  }
  const alarms = createAlarms({ now: Date.now, onChange: () => undefined })
  const settlement = createSettlement({
    engine: { ...engine, call: (name, args) => fuse.through(() => engine.call(name, args)) },
    lock,
    chain: createChain({ transport, pollingMs: 10 }),
    ...{ settler, relayer, contractAddress, maxFeePerGas },
    alarms,
    sandbox: false,
    ...(mostRows === undefined ? {} : { mostRows }),
    now: () => now,
    log: createLogger('silent'),
  })
  let cut = false
  try {
    await settlement.turn(new AbortController().signal)
    for (const happen of between) {
      await happen()
      await settlement.turn(new AbortController().signal)
    }
  } catch (error) {
    if (at === null) throw error
    cut = true
  } finally {
    await lock.release()
    await engine.close()
  }
  return { cut, steps: fuse.steps, status: settlement.status, alarms: alarms.standing }
}
