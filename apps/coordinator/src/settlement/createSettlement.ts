import type { SettlementEvent } from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain/createChain.ts'
import type { Engine } from '../database/createEngine.ts'
import { haltSettlement, readInstance, type SettlementInstance } from '../database/ledger.ts'
import type { SettlingLock } from '../database/settlingLock.ts'
import type { Logger } from '../log/createLogger.ts'
import { followRelay, type RelayState } from '../relay/followRelay.ts'
import type { RelayRules } from '../relay/RelayTransaction.ts'
import { sendBatch } from '../relay/sendBatch.ts'
import { cadenceOf } from './cadenceOf.ts'
import { sayDifferences } from './compareBooks.ts'
import { decideChain, type Identity } from './decideChain.ts'
import { followCustomers, followLimits } from './followCustomers.ts'
import { indexChain } from './indexChain.ts'
import { readChain } from './readChain.ts'
import { reconcile } from './reconcile.ts'
import type { SettlementPosition, SettlementStatus } from './SettlementStatus.ts'
import { signVouchers } from './signVouchers.ts'

/** What a turn works with. Everything that lasts is in the database and on the chain. */
export type SettlementParts = {
  engine: Engine
  lock: SettlingLock
  chain: Chain
  settler: PrivateKeyAccount
  relayer: PrivateKeyAccount
  contractAddress: Identity['contractAddress']
  /** The most that a unit of gas may cost, in wei. */
  maxFeePerGas: bigint
  now: () => number
  log: Logger
}

/** One of a provider's many nodes may lag for a moment; a chain that lost blocks lacks them at every turn. */
const BEHIND_TURNS = 3

/** Each offers an eighth more at least: eight of them are two and a half times the first. */
const MOST_TRIES = 8

/** Settlement as a thing with a state: `turn` moves it, `status` says where it stands. */
export type Settlement = {
  readonly status: SettlementStatus
  turn(signal: AbortSignal): Promise<void>
}

/**
 * One turn: is this the ledger's chain; book what is final; compare the books; see what became of what was sent; charge
 * and pay; sign vouchers. Each step reads
 * what is so and does what is missing, so a turn that dies anywhere is completed by the next one, of this process or
 * another.
 */
export function createSettlement(parts: SettlementParts): Settlement {
  const { engine, lock, chain, settler, relayer, contractAddress, maxFeePerGas, now, log } = parts
  const identity: Identity = { settler: settler.address, relayer: relayer.address, contractAddress }
  let status: SettlementStatus = { state: 'starting' }
  // Kept from turn to turn, for economy only: what is lost with the process is read or done once more.
  let memory = forget(null)
  let relaying: Omit<Parameters<typeof followRelay>[0], 'send'>
  let saidShort = ''
  let saidOutcome = ''

  const become = (next: SettlementStatus): void => {
    const reason = next.state === 'halted' ? next.reason : undefined
    const before = status.state === 'halted' ? status.reason : undefined
    if (next.state !== status.state || reason !== before) {
      if (next.state === 'halted') log.error({ reason }, 'settlement is halted: nothing is charged or vouched for')
      else log.info({ settlement: next.state }, 'settlement changed')
    }
    status = next
  }

  const halt = async (instance: SettlementInstance, position: SettlementPosition, reason: string): Promise<void> => {
    if (instance.halted === null) await haltSettlement(engine, instance.instanceId, reason)
    become({ state: 'halted', ...position, reason })
  }

  const follow = (instance: SettlementInstance, send: boolean): Promise<RelayState> => {
    const { replaceMs } = cadenceOf(instance.chainId)
    const rules: RelayRules = { maxFeePerGas, replaceAfterMs: replaceMs, mostTries: MOST_TRIES }
    relaying = { engine, client: chain.writer(relayer, instance.chainId), relayer, instance, rules, now, log }
    return followRelay({ ...relaying, send })
  }

  const payIfDue = async (instance: SettlementInstance): Promise<void> => {
    const relay = await follow(instance, true)
    if (relay.kind === 'busy') return
    if (now() - memory.chargedAt < cadenceOf(instance.chainId).chargeMs) return
    memory.chargedAt = now()
    const outcome = await sendBatch({ ...relaying, settler, nonce: relay.nonce })
    if (outcome.kind === 'sent') {
      const { transactionHash, charges, payouts } = outcome
      log.info({ transactionHash, charges, payouts }, 'sent a batch')
    } else if (outcome.kind !== saidOutcome && outcome.kind !== 'none') {
      log.warn({ outcome: outcome.kind }, 'charges and payouts wait')
    }
    saidOutcome = outcome.kind
    const short = outcome.short.map(({ customer, missing }) => `${customer}:${missing}`).join(' ')
    if (short !== '' && short !== saidShort) log.warn({ short }, 'an escrow holds less than its customer has spent')
    saidShort = short
  }

  const vouch = async (instance: SettlementInstance, signal: AbortSignal): Promise<void> => {
    const { signed, withheld } = await signVouchers({ engine, settler, instance, signal })
    memory.vouch = signal.aborted
    memory.withheld = withheld > 0n
    if (signed > 0) log.info({ vouchers: signed }, 'signed vouchers')
    if (withheld > 0n)
      log.warn({ withheld: String(withheld) }, 'earnings grow faster than vouchers may; the rest waits')
  }

  return {
    get status() {
      return status
    },
    async turn(signal) {
      if (!(await lock.hold())) {
        // Whoever settles now moves what this process remembers.
        memory = forget(null)
        return become({ state: 'standby' })
      }
      const instance = await readInstance(engine)
      if (instance === null) return become({ state: 'waiting' })
      const { instanceId, chainId } = instance
      if (memory.instanceId !== instanceId) memory = forget(instanceId)
      const { askMs, reconcileMs, limitsMs } = cadenceOf(chainId)
      if (now() - memory.askedAt < askMs) return
      memory.askedAt = now()

      const known: SettlementPosition = {
        instanceId,
        chainId,
        contractAddress: instance.contractAddress,
        cursorBlock: instance.cursorBlock,
        finalizedBlock: null,
        reconciledBlock: memory.reconciledBlock,
      }
      const decision = decideChain(instance, await readChain(chain.reader, instance), identity)
      memory.behind = decision.kind === 'behind' ? memory.behind + 1 : 0
      if (decision.kind === 'behind' && memory.behind < BEHIND_TURNS) return
      if (decision.kind !== 'settle') return halt(instance, known, decision.reason)

      if (now() - memory.limitsAt >= limitsMs) {
        await followLimits(engine, chain.reader, instance)
        memory.limitsAt = now()
        memory.vouch ||= memory.withheld
      }
      const { exits, movedTasks } = await followCustomers(engine, chain.reader, instance)
      if (exits + movedTasks > 0) log.info({ exits, movedTasks }, 'customers leave or stay')
      // What a leaving customer has spent is charged now, not at the next cadence.
      if (exits > 0) memory.chargedAt = Number.NEGATIVE_INFINITY
      const indexed = await indexChain(engine, chain.reader, instance, signal)
      if (signal.aborted) return
      const { cursorBlock, finalizedBlock } = indexed
      memory.moved.push(...indexed.events)
      if (indexed.events.some(({ kind }) => kind === 'Charged')) memory.vouch = true
      // Nothing booked yet is nothing to compare.
      const unequal = indexed.cursorHash !== null && memory.reconciledBlock !== cursorBlock
      if (unequal && (memory.moved.length > 0 || now() - memory.reconciledAt >= reconcileMs)) {
        const differences = await reconcile(engine, chain.reader, {
          instance,
          blockNumber: cursorBlock,
          events: memory.moved,
        })
        if (differences.length > 0) {
          const reason = sayDifferences(differences, cursorBlock)
          return halt(instance, { ...known, cursorBlock, finalizedBlock }, reason)
        }
        Object.assign(memory, { reconciledBlock: cursorBlock, reconciledAt: now(), moved: [] })
      }
      const position = { ...known, cursorBlock, finalizedBlock, reconciledBlock: memory.reconciledBlock }
      if (instance.halted !== null) {
        become({ state: 'halted', ...position, reason: instance.halted })
        // What was sent before is still followed, and nothing is sent.
        await follow(instance, false)
        return
      }
      become({ state: 'settling', ...position })

      await payIfDue(instance)
      if (!signal.aborted && memory.vouch) await vouch(instance, signal)
    },
  }
}

/** What a process remembers of the turns before, for one settlement instance. */
type Memory = {
  instanceId: bigint | null
  askedAt: number
  chargedAt: number
  reconciledAt: number
  reconciledBlock: bigint | null
  /** Events that were booked and not compared yet. */
  moved: SettlementEvent[]
  /** Whether a charge has become final since vouchers were signed; only then can one be due. */
  vouch: boolean
  /** For how many turns in a row the node lacked the cursor block. */
  behind: number
  /** Whether vouchers were signed for less than was earned: there is more to sign as their room refills. */
  withheld: boolean
  /** When the ledger was told of the contract's limits. */
  limitsAt: number
}

const forget = (instanceId: bigint | null): Memory => ({
  instanceId,
  askedAt: Number.NEGATIVE_INFINITY,
  chargedAt: Number.NEGATIVE_INFINITY,
  reconciledAt: Number.NEGATIVE_INFINITY,
  reconciledBlock: null,
  moved: [],
  vouch: true,
  behind: 0,
  withheld: false,
  limitsAt: Number.NEGATIVE_INFINITY,
})
