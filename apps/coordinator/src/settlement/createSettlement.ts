import type { SettlementEvent } from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Chain } from '../chain/createChain.ts'
import type { Engine } from '../database/createEngine.ts'
import { haltSettlement, readInstance, type SettlementInstance } from '../database/ledger.ts'
import type { SettlingLock } from '../database/settlingLock.ts'
import type { Logger } from '../log/createLogger.ts'
import type { Sleep } from '../loop/sleep.ts'
import { cadenceOf } from './cadenceOf.ts'
import { sayDifferences } from './compareBooks.ts'
import { decideChain, type Identity } from './decideChain.ts'
import { followCustomers, followLimits } from './followCustomers.ts'
import { indexChain } from './indexChain.ts'
import { readChain } from './readChain.ts'
import { reconcile } from './reconcile.ts'
import type { SettlementPosition, SettlementStatus } from './SettlementStatus.ts'
import { sendCharges } from './sendCharges.ts'
import { signVouchers } from './signVouchers.ts'

/** What a turn works with. Everything that lasts is in the database and on the chain. */
export type SettlementParts = {
  engine: Engine
  lock: SettlingLock
  chain: Chain
  settler: PrivateKeyAccount
  relayer: PrivateKeyAccount
  contractAddress: Identity['contractAddress']
  now: () => number
  sleep: Sleep
  log: Logger
}

/** One of a provider's many nodes may lag for a moment; a chain that lost blocks lacks them at every turn. */
const BEHIND_TURNS = 3

/** Settlement as a thing with a state: `turn` moves it, `status` says where it stands. */
export type Settlement = {
  readonly status: SettlementStatus
  turn(signal: AbortSignal): Promise<void>
}

/**
 * One turn: is this the ledger's chain; book what is final; compare the books; charge; sign vouchers. Each step reads
 * what is so and does what is missing, so a turn that dies anywhere is completed by the next one, of this process or
 * another.
 */
export function createSettlement(parts: SettlementParts): Settlement {
  const { engine, lock, chain, settler, relayer, contractAddress, now, sleep, log } = parts
  const identity: Identity = { settler: settler.address, relayer: relayer.address, contractAddress }
  let status: SettlementStatus = { state: 'starting' }
  // Kept from turn to turn, for economy only: what is lost with the process is read or done once more.
  let memory = forget(null)
  let saidShort = ''

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

  const chargeIfDue = async (instance: SettlementInstance, signal: AbortSignal): Promise<void> => {
    if (now() - memory.chargedAt < cadenceOf(instance.chainId).chargeMs) return
    memory.chargedAt = now()
    const writer = chain.writer(relayer, instance.chainId)
    const outcome = await sendCharges({ engine, relayer: writer, settler, instance, signal, now, sleep })
    if (outcome.kind === 'busy') {
      log.warn('a charge is not in a block yet; no other is sent before it')
      return
    }
    if (outcome.kind === 'sent') {
      const { transactionHash, rows, gasUsed } = outcome
      log.info({ transactionHash, rows, gasUsed: Number(gasUsed) }, 'charged customers')
    }
    const short = outcome.short.map(({ customer, missing }) => `${customer}:${missing}`).join(' ')
    if (short !== '' && short !== saidShort) log.warn({ short }, 'an escrow holds less than its customer has spent')
    saidShort = short
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
      const { askMs, reconcileMs } = cadenceOf(chainId)
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

      if (!memory.limitsRead) {
        await followLimits(engine, chain.reader, instance)
        memory.limitsRead = true
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
      if (instance.halted !== null) return become({ state: 'halted', ...position, reason: instance.halted })
      become({ state: 'settling', ...position })

      await chargeIfDue(instance, signal)
      if (signal.aborted || !memory.vouch) return
      const signed = await signVouchers({ engine, settler, instance, signal })
      memory.vouch = signal.aborted
      if (signed > 0) log.info({ vouchers: signed }, 'signed vouchers')
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
  /** Whether the ledger was told of the contract's limits. */
  limitsRead: boolean
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
  limitsRead: false,
})
