import type { SettlementEvent } from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain/createChain.ts'
import type { Engine } from '../database/createEngine.ts'
import {
  haltSettlement,
  pauseHalted,
  readExposure,
  readInstance,
  resumeSettlement,
  type SettlementInstance,
  setSandbox,
} from '../database/ledger.ts'
import type { SettlingLock } from '../database/settlingLock.ts'
import type { Alarms } from '../health/alarms.ts'
import type { Logger } from '../log/createLogger.ts'
import { followRelay, type RelayParts, type RelayState } from '../relay/followRelay.ts'
import { sendBatch } from '../relay/sendBatch.ts'
import { DEAR, PAUSED, sayChargeCap, sayOvercharged, sayShort, sayStuck, sayWithheld } from './alarmRules.ts'
import { cadenceOf } from './cadenceOf.ts'
import { sayDifferences } from './compareBooks.ts'
import { createStandby } from './createStandby.ts'
import { decideChain, type Identity } from './decideChain.ts'
import { followCustomers, followLimits } from './followCustomers.ts'
import { indexChain, rereadChain } from './indexChain.ts'
import { lookAround } from './lookAround.ts'
import { readChain } from './readChain.ts'
import { reconcile } from './reconcile.ts'
import type { RelayPosition, SettlementPosition, SettlementStatus } from './SettlementStatus.ts'
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
  alarms: Alarms
  /** Whether wallets may ask for play money. */
  sandbox: boolean
  /** How many customers a batch charges at most, and how many providers it pays: a hundred where nobody says so. */
  mostRows?: number
  now: () => number
  log: Logger
}

/** One of a provider's many nodes may lag for a moment; a chain that lost blocks lacks them at every turn. */
const BEHIND_TURNS = 3

/** Each offers an eighth more at least: eight of them are two and a half times the first. */
const MOST_TRIES = 8

/** A row costs some 50,000 gas: a transaction stays far below a block's. */
const MOST_ROWS = 100

/** A batch that waits longer than all its tries and their cancellations should take is somebody's business. */
const LONGEST_RELAY = 2 * MOST_TRIES

/** Settlement as a thing with a state: `turn` moves it, `status` and `relay` say where it stands. */
export type Settlement = {
  readonly status: SettlementStatus
  readonly relay: RelayPosition
  turn(signal: AbortSignal): Promise<void>
}

/**
 * One turn: is this the ledger's chain; book what is final; compare the books; see what became of what was sent; charge
 * and pay; sign vouchers. Each step reads what is so and does what is missing, so a turn that dies anywhere is completed
 * by the next one, of this process or another.
 */
export function createSettlement(parts: SettlementParts): Settlement {
  const { engine, lock, chain, settler, relayer, contractAddress, maxFeePerGas, alarms, sandbox, now, log } = parts
  const { mostRows = MOST_ROWS } = parts
  const identity: Identity = { settler: settler.address, relayer: relayer.address, contractAddress, hasSettled: false }
  let status: SettlementStatus = { state: 'starting' }
  let relay: RelayPosition = { balanceWei: null, tries: 0 }
  // Kept from turn to turn, for economy only: what is lost with the process is read or done once more.
  let memory = forget(null)
  const standby = createStandby({ engine, client: chain.reader, alarms, now })

  const become = (next: SettlementStatus): void => {
    const reason = next.state === 'halted' ? next.reason : undefined
    const before = status.state === 'halted' ? status.reason : undefined
    if (next.state !== status.state || reason !== before) {
      if (next.state === 'halted') log.error({ reason }, 'settlement is halted: nothing is charged or vouched for')
      else log.info({ settlement: next.state }, 'settlement changed')
    }
    status = next
  }

  const halt = async (
    instance: SettlementInstance,
    at: SettlementPosition,
    why: { reason: string; cause: 'books' | 'chain' },
  ): Promise<void> => {
    const { halted, haltCause } = instance
    // The first reason is kept, so that it is said once; the alarm says how it stands now.
    const stands = halted !== null && (haltCause === why.cause || haltCause === 'operator')
    if (!stands) await haltSettlement(engine, instance.instanceId, why)
    alarms.set(why.cause === 'books' ? 'deficit' : 'halted', why.reason)
    become({ state: 'halted', ...at, reason: stands ? halted : why.reason })
  }

  /**
   * Whether a kept halt stands: over by itself once ledger and contract are equal again, unless an operator made it. Where
   * nothing can be signed it stays, and is no hindrance to what needs no signature.
   */
  const standsHalted = async (
    instance: SettlementInstance,
    at: SettlementPosition,
    keyless: string | null,
  ): Promise<boolean> => {
    const { halted: reason, haltCause } = instance
    const isKeyless = haltCause === 'settler' && keyless !== null
    if (reason !== null && !isKeyless && (haltCause === 'operator' || at.reconciledBlock !== at.cursorBlock)) {
      alarms.set(haltCause === 'books' ? 'deficit' : 'halted', reason)
      become({ state: 'halted', ...at, reason })
      return true
    }
    if (reason !== null && keyless === null) {
      await resumeSettlement(engine, instance.instanceId)
      log.warn({ reason }, 'ledger and contract are equal: settlement goes on')
    }
    alarms.set('deficit', null)
    alarms.set('halted', null)
    return false
  }

  const relayOf = (instance: SettlementInstance): RelayParts => {
    const { replaceMs: replaceAfterMs } = cadenceOf(instance.chainId)
    const rules = { maxFeePerGas, replaceAfterMs, mostTries: MOST_TRIES, mostRows }
    return { engine, client: chain.writer(relayer, instance.chainId), relayer, instance, rules, now, log }
  }

  const follow = async (parts: RelayParts, send: boolean): Promise<RelayState> => {
    const state = await followRelay({ ...parts, send })
    relay = { ...relay, tries: state.kind === 'busy' ? state.tries : 0 }
    const longestMs = parts.rules.replaceAfterMs * LONGEST_RELAY
    alarms.set('relay_stuck', state.kind === 'busy' ? sayStuck({ ...state, nowMs: now(), longestMs }) : null)
    return state
  }

  const payIfDue = async (instance: SettlementInstance): Promise<void> => {
    const parts = relayOf(instance)
    const state = await follow(parts, true)
    if (state.kind === 'busy') return
    const begins = now() - memory.chargedAt >= cadenceOf(instance.chainId).chargeMs
    const { left } = memory
    if (!begins && left === 0) return
    if (begins) memory.chargedAt = now()
    memory.left = 0
    const outcome = await sendBatch({ ...parts, settler, nonce: state.nonce })
    if (outcome.kind === 'sent') {
      const { transactionHash, charges, payouts } = outcome
      // Whoever is due meanwhile waits for the next cadence, so that a customer costs one row of it.
      memory.left = begins ? outcome.left : Math.max(0, left - charges)
      log.info({ transactionHash, charges, payouts }, 'sent a batch')
    }
    alarms.set('gas_price', outcome.kind === 'dear' ? DEAR : null)
    alarms.set('paused', outcome.kind === 'paused' ? PAUSED : null)
    alarms.set('escrow_short', sayShort(outcome.short))
  }

  const vouch = async (instance: SettlementInstance, signal: AbortSignal): Promise<void> => {
    const { signed, withheld } = await signVouchers({ engine, settler, instance, signal })
    memory.vouch = signal.aborted
    memory.withheld = withheld > 0n
    if (signed > 0) log.info({ vouchers: signed }, 'signed vouchers')
    alarms.set('vouchers_withheld', sayWithheld(withheld))
  }

  return {
    get status() {
      return status
    },
    get relay() {
      return relay
    },
    async turn(signal) {
      if (!(await lock.hold())) {
        // Whoever settles now moves what this process remembers.
        memory = forget(null)
        become({ state: 'standby' })
        return standby.look()
      }
      standby.end()
      const instance = await readInstance(engine)
      if (instance === null) return become({ state: 'waiting' })
      const { instanceId, chainId } = instance
      if (memory.instanceId !== instanceId) {
        await setSandbox(engine, { enabled: sandbox, chainId })
        memory = forget(instanceId)
      }
      const { askMs, reconcileMs, limitsMs, lookMs } = cadenceOf(chainId)
      if (now() - memory.askedAt < askMs) return
      memory.askedAt = now()
      // As the turn before has left it, before the chain is asked: a halt stands also where no node answers.
      const waiting = await pauseHalted(engine, instanceId)
      if (waiting > 0) log.info({ tasks: waiting }, 'tasks wait for settlement, or go on with it')

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
      if (decision.kind === 'behind' || decision.kind === 'halt') {
        return halt(instance, known, { reason: decision.reason, cause: 'chain' })
      }
      identity.hasSettled ||= decision.kind === 'settle'

      if (now() - memory.limitsAt >= limitsMs) {
        const limits = await followLimits(engine, chain.reader, instance)
        alarms.set('charge_cap', sayChargeCap(await readExposure(engine, instanceId), limits))
        memory.limitsAt = now()
        memory.vouch ||= memory.withheld
      }
      if (now() - memory.lookedAt >= lookMs) {
        const here = { client: chain.reader, instance, settler, relayer, alarms, nowMs: now() }
        const { balanceWei, keyless } = await lookAround(here)
        Object.assign(memory, { lookedAt: now(), keyless })
        relay = { ...relay, balanceWei }
      }
      const keyless = decision.kind === 'keyless' ? decision.reason : memory.keyless
      alarms.set('signer', keyless)
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
      if (
        unequal &&
        (memory.moved.length > 0 || instance.halted !== null || now() - memory.reconciledAt >= reconcileMs)
      ) {
        const compare = () =>
          reconcile(engine, chain.reader, { instance, blockNumber: cursorBlock, events: memory.moved })
        let { differences, overcharged } = await compare()
        if (differences.length > 0) {
          // The newest blocks first, and at each turn those before them, for as long as the books differ.
          const late = await rereadChain(engine, chain.reader, instance, memory.rereadFrom ?? cursorBlock)
          memory.rereadFrom = late.before
          if (late.missed > 0) {
            log.warn({ events: late.missed }, 'a node had answered without these events: they are booked now')
            memory.moved.push(...late.events)
            memory.vouch = true
            ;({ differences, overcharged } = await compare())
          }
        }
        if (differences.length > 0) {
          const reason = sayDifferences(differences, cursorBlock)
          return halt(instance, { ...known, cursorBlock, finalizedBlock }, { reason, cause: 'books' })
        }
        alarms.set('overcharged', sayOvercharged(overcharged))
        Object.assign(memory, { reconciledBlock: cursorBlock, reconciledAt: now(), moved: [], rereadFrom: null })
      }
      const at = { ...known, cursorBlock, finalizedBlock, reconciledBlock: memory.reconciledBlock }
      if (await standsHalted(instance, at, keyless)) {
        // What was sent before is still followed, and nothing is sent.
        await follow(relayOf(instance), false)
        return
      }
      if (keyless !== null) {
        // Kept where customers and nodes are answered: what nobody can charge, nobody is to work for (M3).
        if (instance.halted !== keyless) await haltSettlement(engine, instanceId, { reason: keyless, cause: 'settler' })
        become({ state: 'keyless', ...at, reason: keyless })
        // What the revoked key has signed is refused by now: its nonce is freed.
        await follow(relayOf(instance), true)
        return
      }
      become({ state: 'settling', ...at })

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
  /** How many customers were due then and have had no place in a batch yet: they are charged as soon as a nonce is free. */
  left: number
  reconciledAt: number
  reconciledBlock: bigint | null
  /** Events that were booked and not compared yet. */
  moved: SettlementEvent[]
  /** Where the books differ: the last of the blocks to read again next; null: the cursor's. */
  rereadFrom: bigint | null
  /** Whether a charge has become final since vouchers were signed; only then can one be due. */
  vouch: boolean
  /** For how many turns in a row the node lacked the cursor block. */
  behind: number
  /** Whether vouchers were signed for less than was earned: there is more to sign as their room refills. */
  withheld: boolean
  /** When the ledger was told of the contract's limits. */
  limitsAt: number
  /** When balance, finality and signer were looked at. */
  lookedAt: number
  /** Why the settler's key is of no use, where it was looked at; null where it signs. */
  keyless: string | null
}

const forget = (instanceId: bigint | null): Memory => ({
  instanceId,
  askedAt: Number.NEGATIVE_INFINITY,
  chargedAt: Number.NEGATIVE_INFINITY,
  left: 0,
  reconciledAt: Number.NEGATIVE_INFINITY,
  reconciledBlock: null,
  moved: [],
  rereadFrom: null,
  vouch: true,
  behind: 0,
  withheld: false,
  limitsAt: Number.NEGATIVE_INFINITY,
  lookedAt: Number.NEGATIVE_INFINITY,
  keyless: null,
})
