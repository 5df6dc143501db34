import { settlementCallAbi, testUsdcAbi } from '@oblivion/contracts'
import { getAddress, parseEventLogs, TransactionNotFoundError } from 'viem'
import { formatMoney } from '../format/formatAmount.ts'
import { formatMoment } from '../format/formatTime.ts'
import type { Config } from '../shell/config.ts'
import type { ChainClient } from './chainClient.ts'

export type EventField = { name: string; value: string; address: boolean }
export type EventLine = { key: string; contract: string; name: string; fields: EventField[] }

export type TransactionView = {
  hash: `0x${string}`
  status: 'waiting' | 'succeeded' | 'reverted'
  block: bigint | null
  minedAt: Date | null
  final: boolean
  from: `0x${string}`
  to: `0x${string}` | null
  /** What we call the contract that it went to; null for any other address. */
  toName: string | null
  gasUsed: bigint | null
  events: EventLine[]
}

/** Reads one transaction off the chain with its decoded events; null where the chain does not know it. */
export async function readTransaction(
  client: ChainClient,
  { config, hash }: { config: Config; hash: `0x${string}` },
): Promise<TransactionView | null> {
  const transaction = await client.getTransaction({ hash }).catch((error: unknown) => {
    if (error instanceof TransactionNotFoundError) return null
    throw error
  })
  if (!transaction) return null
  const common = {
    hash,
    from: getAddress(transaction.from),
    to: transaction.to && getAddress(transaction.to),
    toName: transaction.to && contractName(config, transaction.to),
  }
  if (transaction.blockNumber === null) {
    return { ...common, status: 'waiting', block: null, minedAt: null, final: false, gasUsed: null, events: [] }
  }
  const [receipt, block, finalized] = await Promise.all([
    client.getTransactionReceipt({ hash }),
    client.getBlock({ blockNumber: transaction.blockNumber }),
    client.getBlock({ blockTag: 'finalized' }),
  ])
  const logs = parseEventLogs({ abi: [...settlementCallAbi, ...testUsdcAbi], logs: receipt.logs })
  return {
    ...common,
    status: receipt.status === 'success' ? 'succeeded' : 'reverted',
    block: receipt.blockNumber,
    minedAt: new Date(Number(block.timestamp) * 1000),
    final: finalized.number !== null && finalized.number >= receipt.blockNumber,
    gasUsed: receipt.gasUsed,
    events: logs.map((log) => ({
      key: String(log.logIndex),
      contract: contractName(config, log.address) ?? getAddress(log.address),
      name: log.eventName,
      fields: Object.entries(log.args ?? {}).map(([name, value]) => eventField(name, value)),
    })),
  }
}

function contractName(config: Config, address: string): string | null {
  const same = (other: string) => other.toLowerCase() === address.toLowerCase()
  if (same(config.settlementAddress)) return 'Settlement contract'
  return same(config.tokenAddress) ? 'USDC token' : null
}

/** A number in these two contracts is a moment, by its name, or an amount in the token's smallest unit. */
function eventField(name: string, value: unknown): EventField {
  if (typeof value === 'bigint' && /(At|until)$/.test(name)) {
    return { name, value: formatMoment(new Date(Number(value) * 1000)), address: false }
  }
  if (typeof value === 'bigint') return { name, value: formatMoney(value), address: false }
  return { name, value: String(value), address: typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) }
}
