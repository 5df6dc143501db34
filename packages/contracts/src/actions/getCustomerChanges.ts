import { type Address, parseEventLogs } from 'viem'
import { getLogs } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/**
 * The customers who asked for an exit, ended or used one, deposited, or changed their daily cap in a closed range of
 * blocks, each with what it withdrew in these blocks (smallest unit). What they have now says {@link readCustomer}.
 */
export async function getCustomerChanges(
  client: ReadClient,
  parameters: { settlement: Address; fromBlock: bigint; toBlock: bigint },
): Promise<Map<Address, bigint>> {
  const { settlement: address, fromBlock, toBlock } = parameters
  const logs = await getLogs(client, { address, fromBlock, toBlock })
  const changes = parseEventLogs({
    abi: settlementAbi,
    logs,
    eventName: ['ExitRequested', 'ExitCancelled', 'Withdrawn', 'Deposited', 'CustomerCapChanged'],
  })
  const withdrawn = new Map<Address, bigint>()
  for (const { eventName, args } of changes) {
    const amount = eventName === 'Withdrawn' ? args.amount : 0n
    withdrawn.set(args.customer, (withdrawn.get(args.customer) ?? 0n) + amount)
  }
  return withdrawn
}
