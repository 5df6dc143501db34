import { getSettlementEvents, type ReadClient, type SettlementEvent } from '@oblivion/contracts'
import type { Hash } from 'viem'
import { getBlock } from 'viem/actions'
import type { Engine } from '../database/createEngine.ts'
import { recordChainEvents, rereadChainEvents, type SettlementInstance } from '../database/ledger.ts'
import { ledgerEventOf } from './ledgerEventOf.ts'
import { nextRange, rangeBefore } from './nextRange.ts'

/** How far the ledger is booked now, up to where the chain is final, and what was booked on the way. */
export type Indexed = {
  cursorBlock: bigint
  cursorHash: Hash | null
  finalizedBlock: bigint
  events: SettlementEvent[]
}

/**
 * Books the contract's events of all blocks between the ledger's cursor and the finalized block.
 *
 * Up to `finalized` only, and by ranges instead of a subscription: a reorganised block is never booked, and a range
 * that failed is simply asked again. Rows and cursor move in one transaction, so a crash anywhere repeats or skips none.
 */
export async function indexChain(
  engine: Engine,
  client: ReadClient,
  instance: SettlementInstance,
  signal: AbortSignal,
): Promise<Indexed> {
  const finalized = await getBlock(client, { blockTag: 'finalized' })
  const events: SettlementEvent[] = []
  let { cursorBlock, cursorHash } = instance
  while (!signal.aborted) {
    const range = nextRange(cursorBlock, finalized.number)
    if (range === null) break
    const [found, last] = await Promise.all([
      getSettlementEvents(client, { settlement: instance.contractAddress, ...range }),
      range.toBlock === finalized.number ? finalized : getBlock(client, { blockNumber: range.toBlock }),
    ])
    const toHash = last.hash
    await recordChainEvents(engine, {
      instanceId: instance.instanceId,
      ...range,
      toHash,
      events: found.map(ledgerEventOf),
    })
    events.push(...found)
    cursorBlock = range.toBlock
    cursorHash = toHash
  }
  return { cursorBlock, cursorHash, finalizedBlock: finalized.number, events }
}

/**
 * Reads blocks behind the cursor again and books what is missing of them: behind a load balancer a node that lags answers
 * `eth_getLogs` without error and without its last blocks, which another one has called final.
 *
 * @returns the events of these blocks, how many of them were missing, and the block before them; null where there is none
 */
export async function rereadChain(
  engine: Engine,
  client: ReadClient,
  instance: SettlementInstance,
  lastBlock: bigint,
): Promise<{ events: SettlementEvent[]; missed: number; before: bigint | null }> {
  const { instanceId, contractAddress: settlement, openedBlock } = instance
  const { before, ...range } = rangeBefore(lastBlock, openedBlock)
  const events = await getSettlementEvents(client, { settlement, ...range })
  const missed = await rereadChainEvents(engine, { instanceId, ...range, events: events.map(ledgerEventOf) })
  return { events, missed, before }
}
