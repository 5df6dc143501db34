import {
  type CustomerChange,
  getCustomerChanges,
  type ReadClient,
  readCustomers,
  readLimits,
  type SettlementLimits,
} from '@oblivion/contracts'
import type { Address } from 'viem'
import { getBlock } from 'viem/actions'
import type { Engine } from '../database/createEngine.ts'
import {
  pauseExiting,
  readCustomersToRead,
  recordCustomers,
  recordLimits,
  type SettlementInstance,
} from '../database/ledger.ts'

/** As `nextRange`: public endpoints refuse more blocks at once. */
const MOST_BLOCKS = 1_000n
/** Read at one time and recorded by one call. */
const MOST_CUSTOMERS = 100

/** `exits` are new ones: what their customers have spent is to be charged at once. */
export type CustomersFollowed = { exits: number; movedTasks: number }

/**
 * Tells the ledger of exits, withdrawals and daily caps as soon as the chain shows them, before they are final (M2): a
 * customer who leaves has nothing free any more, and nobody claims more of its chunks. That lasts until the withdrawal is
 * booked: the contract shows no exit after it, and the books still show the money.
 *
 * Runs before the cursor moves, and reads every block behind the cursor again each time, so a crash or a reorganised
 * block loses no exit: what counts is the customer's state at the latest block, not the event that drew attention to it.
 * Once that is final nobody is read again: else whoever made thousands of small exits would make every turn as long as it
 * likes, and all that comes after it wait.
 */
export async function followCustomers(
  engine: Engine,
  client: ReadClient,
  instance: SettlementInstance,
): Promise<CustomersFollowed> {
  const { instanceId, contractAddress: settlement, cursorBlock } = instance
  const [latest, known] = await Promise.all([
    getBlock(client, { blockTag: 'latest' }),
    readCustomersToRead(engine, instanceId),
  ])
  /** What each has done behind the cursor. */
  const changed = new Map<Address, CustomerChange | null>(known.map((customer) => [customer, null]))
  for (let fromBlock = cursorBlock + 1n; fromBlock <= latest.number; fromBlock += MOST_BLOCKS) {
    const last = fromBlock + MOST_BLOCKS - 1n
    const toBlock = last < latest.number ? last : latest.number
    for (const [customer, { withdrawn, eventBlock }] of await getCustomerChanges(client, {
      ...{ settlement, fromBlock, toBlock },
    }))
      changed.set(customer, { withdrawn: (changed.get(customer)?.withdrawn ?? 0n) + withdrawn, eventBlock })
  }
  let exits = 0
  const customers = [...changed.keys()]
  const blockNumber = latest.number
  for (let first = 0; first < customers.length; first += MOST_CUSTOMERS) {
    const part = await readCustomers(client, {
      ...{ settlement, blockNumber },
      customers: customers.slice(first, first + MOST_CUSTOMERS),
    })
    exits += await recordCustomers(engine, {
      ...{ instanceId, blockNumber },
      customers: part.map((one) => ({ ...one, change: changed.get(one.customer) ?? null })),
    })
  }
  return { exits, movedTasks: await pauseExiting(engine, instanceId) }
}

/**
 * Tells the ledger what the contract allows a customer that never set a cap of its own, and what it pays out in a day.
 *
 * @returns all of the contract's limits as they are now
 */
export async function followLimits(
  engine: Engine,
  client: ReadClient,
  instance: SettlementInstance,
): Promise<SettlementLimits> {
  const limits = await readLimits(client, { settlement: instance.contractAddress })
  const { defaultDailyCap, claimCap } = limits
  await recordLimits(engine, instance.instanceId, { defaultDailyCap, claimCap })
  return limits
}
