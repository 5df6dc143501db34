import type { Charge, CustomerChange, CustomerOnChain, Voucher } from '@oblivion/contracts'
import { type Address, getAddress, type Hash, type Hex } from 'viem'
import { z } from 'zod'
import { RefusalError } from '../RefusalError.ts'
import type { LedgerEvent } from '../settlement/ledgerEventOf.ts'
import type { Engine } from './createEngine.ts'

const address = z.string().transform((text): Address => getAddress(text))
const amount = z.string().transform(BigInt)
const hash = z.string().transform((text) => text as Hash)
// The driver gives a bigint as text, jsonb gives it as a number.
const integer = z.union([z.string(), z.number()]).transform(BigInt)

const instance = z.object({
  instanceId: integer,
  chainId: integer.transform(Number),
  contractAddress: address,
  tokenAddress: address,
  genesisHash: hash,
  openedBlock: integer,
  cursorBlock: integer,
  cursorHash: hash.nullable(),
  halted: z.string().nullable(),
  haltCause: z.enum(['books', 'chain', 'settler', 'operator', 'lifted']).nullable(),
})

/** What the ledger believes about the chain, and how far it has booked it. */
export type SettlementInstance = z.output<typeof instance>

const state = z.object({
  escrow: amount,
  pool: amount,
  fees: amount,
  total: amount,
  /** Charged earnings that the pool has to cover. */
  owed: amount,
  /** Taken from customers beyond what they have spent. */
  overcharged: amount,
  customers: z.array(z.object({ customer: address, escrow: amount })),
  providers: z.array(z.object({ provider: address, earned: amount, settled: amount })),
})

/** What the ledger says the contract holds at the cursor. */
export type LedgerState = z.output<typeof state>

const charges = z.array(z.object({ customer: address, cumulative: amount, cumulativeFee: amount }))
const vouchers = z.array(z.object({ provider: address, cumulative: amount, withheld: amount.optional() }))

/** The open settlement instance, or null where none was opened yet. */
export async function readInstance(engine: Engine): Promise<SettlementInstance | null> {
  return instance.nullable().parse(await engine.call('settlement_instance'))
}

/**
 * Says whether wallets may ask for play money.
 *
 * @throws RefusalError `play_money` where the ledger settles in a token that is real money (M1)
 */
export async function setSandbox(engine: Engine, { enabled, chainId }: { enabled: boolean; chainId: number }) {
  try {
    await engine.call('set_sandbox', [enabled])
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'OB005') throw cause
    throw new RefusalError(
      'play_money',
      `WALLET_SANDBOX_ENABLED is true, and the ledger settles on chain ${chainId}, where the token is real money. Unset it.`,
      { cause },
    )
  }
}

/** Opens the instance of a deployed contract. The same facts answer the same id. */
export async function openInstance(
  engine: Engine,
  facts: { chainId: number; contract: Address; token: Address; genesisHash: Hash; blockNumber: bigint },
): Promise<bigint> {
  const { chainId, contract, token, genesisHash, blockNumber } = facts
  const args = [chainId, contract, token, genesisHash, blockNumber.toString()]
  return integer.parse(await engine.call('open_settlement_instance', args))
}

/** Books a range of blocks and moves the cursor to its end, in one transaction. Answers how many events were new. */
export async function recordChainEvents(
  engine: Engine,
  range: { instanceId: bigint; fromBlock: bigint; toBlock: bigint; toHash: Hash; events: readonly LedgerEvent[] },
): Promise<number> {
  const { instanceId, fromBlock, toBlock, toHash, events } = range
  const args = [String(instanceId), String(fromBlock), String(toBlock), toHash, JSON.stringify(events)]
  return z.number().parse(await engine.call('record_chain_events', args))
}

/** Books what is missing of events behind the cursor. Answers how many were. */
export async function rereadChainEvents(
  engine: Engine,
  range: { instanceId: bigint; fromBlock: bigint; toBlock: bigint; events: LedgerEvent[] },
): Promise<number> {
  const { instanceId, fromBlock, toBlock, events } = range
  const args = [String(instanceId), String(fromBlock), String(toBlock), JSON.stringify(events)]
  return z.number().parse(await engine.call('reread_chain_events', args))
}

/** What each customer has spent in all, where the contract does not know it yet. */
export async function readChargesDue(engine: Engine, instanceId: bigint): Promise<Charge[]> {
  return charges.parse(await engine.call('charges_due', [String(instanceId)]))
}

/**
 * The providers whose charged earnings exceed their last voucher, or whose last voucher another key than `signer` has
 * signed. `withheld` is what of the earnings a voucher may not say yet.
 */
export async function readVouchersDue(
  engine: Engine,
  instanceId: bigint,
  signer: Address,
): Promise<Array<Voucher & { withheld?: bigint | undefined }>> {
  return vouchers.parse(await engine.call('vouchers_due', [String(instanceId), signer]))
}

/** Keeps a signed voucher; an older one than is stored changes nothing. */
export async function storeVoucher(
  engine: Engine,
  voucher: Voucher & { instanceId: bigint; signature: Hex; signer: Address },
): Promise<void> {
  const { instanceId, provider, cumulative, signature, signer } = voucher
  await engine.call('store_voucher', [String(instanceId), provider, cumulative.toString(), signature, signer])
}

/** Reads the ledger's side of a reconciliation. */
export async function readLedgerState(engine: Engine, instanceId: bigint): Promise<LedgerState> {
  return state.parse(await engine.call('ledger_state', [String(instanceId)]))
}

const exposure = z.object({ escrow: amount, free: amount })

/** What of all escrows tasks hold or have spent and no charge has taken yet. */
export async function readExposure(engine: Engine, instanceId: bigint): Promise<bigint> {
  const { escrow, free } = exposure.parse(await engine.call('ledger_state', [String(instanceId)]))
  return escrow - free
}

/** Stops charges and vouchers. Nothing changes where an operator has stopped them already. */
export async function haltSettlement(
  engine: Engine,
  instanceId: bigint,
  halt: { reason: string; cause: 'books' | 'chain' | 'settler' },
): Promise<void> {
  await engine.call('halt_settlement', [String(instanceId), halt.reason, halt.cause])
}

/** Undoes a halt whose cause is gone. */
export async function resumeSettlement(engine: Engine, instanceId: bigint): Promise<void> {
  await engine.call('resume_settlement', [String(instanceId)])
}

/**
 * Pauses the tasks of real money while settlement is halted, and resumes them once it goes on. Answers how many were moved;
 * the rest follows at the next call.
 */
export async function pauseHalted(engine: Engine, instanceId: bigint): Promise<number> {
  return z.number().parse(await engine.call('pause_halted', [String(instanceId)]))
}

/** Keeps the contract's default daily cap, which bounds customers that never set their own, and its claim cap. */
export async function recordLimits(
  engine: Engine,
  instanceId: bigint,
  limits: { defaultDailyCap: bigint; claimCap: bigint },
): Promise<void> {
  const args = [String(instanceId), String(limits.defaultDailyCap), String(limits.claimCap)]
  await engine.call('record_limits', args)
}

/** Customers whose exit or cap was read from a block that was not final yet. */
export async function readCustomersToRead(engine: Engine, instanceId: bigint): Promise<Address[]> {
  return z.array(address).parse(await engine.call('customers_to_read', [String(instanceId)]))
}

/** Keeps exits and caps as the contract shows them at a block. Answers how many exits are new. */
export async function recordCustomers(
  engine: Engine,
  seen: {
    instanceId: bigint
    blockNumber: bigint
    /** `change` is what each has done in blocks that are not booked yet. */
    customers: ReadonlyArray<CustomerOnChain & { customer: Address; change: CustomerChange | null }>
  },
): Promise<number> {
  const orNull = (value: bigint) => (value === 0n ? null : String(value))
  const rows = seen.customers.map((one) => ({
    customer: one.customer,
    exiting: String(one.exiting),
    withdrawing: String(one.change?.withdrawn ?? 0n),
    eventBlock: one.change === null ? null : String(one.change.eventBlock),
    exitRipeAt: orNull(one.exitRipeAt),
    exitLapsesAt: orNull(one.exitLapsesAt),
    dailyCap: String(one.dailyCap),
    raisedCap: orNull(one.raisedCap),
    raisedAt: orNull(one.raisedAt),
  }))
  const args = [String(seen.instanceId), String(seen.blockNumber), JSON.stringify(rows)]
  return z.number().parse(await engine.call('record_customers', args))
}

/** Pauses the tasks of customers who leave, and resumes those of customers who stay. Answers how many were moved. */
export async function pauseExiting(engine: Engine, instanceId: bigint): Promise<number> {
  return z.number().parse(await engine.call('pause_exiting', [String(instanceId)]))
}
