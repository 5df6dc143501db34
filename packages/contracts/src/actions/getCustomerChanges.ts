import { type Address, parseEventLogs } from 'viem'
import { getLogs } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/** What a customer withdrew in a range of blocks (smallest unit), and the last of them in which it did anything. */
export type CustomerChange = { withdrawn: bigint; eventBlock: bigint }

/**
 * The customers who asked for an exit, ended or used one, deposited, or changed their daily cap in a closed range of
 * blocks. What they have now says {@link readCustomers}.
 */
export async function getCustomerChanges(
  client: ReadClient,
  parameters: { settlement: Address; fromBlock: bigint; toBlock: bigint },
): Promise<Map<Address, CustomerChange>> {
  const { settlement: address, fromBlock, toBlock } = parameters
  const logs = await getLogs(client, { address, fromBlock, toBlock })
  const changes = parseEventLogs({
    abi: settlementAbi,
    logs,
    eventName: ['ExitRequested', 'ExitCancelled', 'Withdrawn', 'Deposited', 'CustomerCapChanged'],
  })
  const customers = new Map<Address, CustomerChange>()
  for (const { eventName, args, blockNumber: eventBlock } of changes) {
    const amount = eventName === 'Withdrawn' ? args.amount : 0n
    const withdrawn = (customers.get(args.customer)?.withdrawn ?? 0n) + amount
    customers.set(args.customer, { withdrawn, eventBlock })
  }
  return customers
}
