import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { canonicalJson } from '@oblivion/core'
import type { TestDatabase } from '@oblivion/stack/testing'
import pg from 'pg'
import { addressOf, createEngine, type Engine, engineOn } from '../engine.ts'
import { audit } from './audit.ts'
import { type ChainEvent, createContract } from './contractModel.ts'
import { CUSTOMERS, type End, type Happening, PROVIDERS, VISITOR } from './happenings.ts'
import { createModel, type Place } from './model.ts'

/*
 * Money told three times: random happenings run through the ledger's real functions, through a model that knows no
 * accounts, and through a model of the contract; all of them must say the same, to the unit.
 */

/** Ledger and models differ after this many happenings of a history. */
export class Difference extends Error {
  override name = 'Difference'
  readonly after: number
  constructor(after: number, happening: Happening, cause: unknown) {
    super(`after ${after} happenings, at ${tell(happening)}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
    this.after = after
  }
}
export const tell = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))

const DEFAULT_CAP = 20_000_000n
const SITE_BPS = 3_333
const BRIDGE = 'https://bridge.example'
const hex = (n: number, digits = 64): string => `0x${n.toString(16).padStart(digits, '0')}`
const hashed = (result: unknown) => ({
  ...{ outcome: 'succeeded', result },
  resultHash: createHash('sha256').update(canonicalJson(result)).digest('hex'),
})
const reportOf = (end: End, node: number) => {
  if (end === 'succeeded' || end === 'told twice') return hashed('same')
  if (end === 'differing') return hashed(`by ${node}`)
  if (end === 'lying') return { ...hashed('same'), resultHash: '0'.repeat(64) }
  return { outcome: end, error: 'x' }
}
const same = (what: string, expected: unknown, actual: unknown): void => {
  const [a, b] = [tell(expected), tell(actual)]
  if (a !== b) throw new Error(`${what}: the model says ${a}, the ledger ${b}`)
}

type Answer = { said?: unknown; refused?: string; because?: string }
type Step = { index: number; command: Record<string, unknown>; check: (answer: Answer) => void }
/** What the ledger answered; a refusal that nobody expected is a difference. */
const said = <T>({ said: value, refused, because }: Answer): T => {
  if (refused !== undefined) throw new Error(`refused: ${refused} ${because}`)
  return value as T
}

/** How often each kind of event really happened; a claim of a job is one, and how it ended is another. */
export type Counts = Record<string, number>

/**
 * Plays a history on a database of its own, which it drops, and throws a `Difference` where ledger and models part.
 *
 * @param options.batch happenings a call; what a happening chooses among is known as of the call before
 * @param options.database a migrated one instead of the template's copy
 * @param options.plant is called before the first happening, to break a rule
 */
export const play = async (
  history: readonly Happening[],
  options: { database?: TestDatabase; batch?: number; plant?: (engine: Engine) => Promise<unknown> } = {},
): Promise<Counts> => {
  const engine = options.database ? await engineOn(options.database) : await createEngine()
  const client = new pg.Client({ connectionString: engine.database.superuserUrl })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await options.plant?.(engine)
    return await playOn(engine, client, history, options.batch ?? 50)
  } finally {
    await client.end()
    await engine.drop()
  }
}

const playOn = async (
  engine: Engine,
  client: pg.Client,
  history: readonly Happening[],
  batch: number,
): Promise<Counts> => {
  await client.query(readFileSync(new URL('play.sql', import.meta.url), 'utf8'))
  await client.query(`
    set synchronous_commit = off;
    update oblivion.settings
       set disputes_to_pause = 1000000, site_hold = '0', min_price_per_chunk = 1, claim_budget = 1e9, claim_budget_proven = 1e9;
    alter table oblivion.owners alter column claim_budget set default 1e9`)
  const wallets: { address: string; sub: string }[] = []
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const { userId, address } = await engine.database.createWallet(addressOf(1 + n))
    wallets.push({ address, sub: userId })
  }
  const providers: string[] = []
  const subs: string[] = []
  for (let place = 0; place < PROVIDERS; place += 1) {
    // The last one is a customer as well: it must never be given a chunk of its own.
    const node = await engine.node(addressOf(place === PROVIDERS - 1 ? 1 : 0x100 + place), 'box', 'server')
    // A failure of theirs may be the last.
    await engine.coordinator('mark_operator_node', [node.nodeId])
    await client.query('insert into played.nodes values ($1, $2, $3)', [place, node.nodeId, node.key])
    providers.push(node.address)
    subs.push((await engine.database.createWallet(node.address)).userId)
  }
  await visit(engine, client, providers[0] ?? '')
  const bound = subs[1]
  await engine.coordinator('set_sandbox', [true])
  // Whose escrow pays for card money once its window has passed, which it never does here.
  await engine.coordinator('set_card_terms', [addressOf(CUSTOMERS)])

  let instance = Number(engine.instanceId)
  await engine.coordinator('record_limits', [instance, `${DEFAULT_CAP}`])
  const model = createModel({
    ...{ customers: CUSTOMERS, providers: PROVIDERS + 1, defaultCap: DEFAULT_CAP },
    site: { visitor: VISITOR, owner: 0, wallet: 1, bps: BigInt(SITE_BPS) },
  })
  const deploy = () =>
    createContract(
      wallets.map(({ address }) => address),
      DEFAULT_CAP,
    )
  let contract = deploy()
  const counts: Counts = {}
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }

  let steps: Step[] = []
  let index = 0
  const ask = (command: Record<string, unknown>, check: Step['check']): void => {
    steps.push({ index, command, check })
  }
  const call = (name: string, args: unknown[], check: Step['check'] = said): void =>
    ask({ do: 'call', name, args }, check)

  let block = 0
  const book = (
    event: ChainEvent & { txHash?: string },
    then: () => void,
    booked = event.amount === '0' ? 0 : 1,
  ): string => {
    block += 1
    const log = { logIndex: 0, blockNumber: block, blockHash: hex(block), txHash: event.txHash ?? hex(block) }
    call('record_chain_events', [instance, block, block, hex(block), [{ ...event, ...log }]], (answer) => {
      same('events booked', booked, said(answer))
      then()
    })
    return log.txHash
  }
  /** What the contract shows of a customer now, and what follows from it. */
  const show = (who: number): void => {
    const { cap } = contract.of(who)
    const shown = contract.shown(who)
    call('record_customers', [instance, block, [shown]])
    call('pause_exiting', [instance], (answer) => {
      said(answer)
      model.shown(who, BigInt(String(shown.exiting)), cap)
    })
  }

  const flush = async (): Promise<void> => {
    const due = steps
    steps = []
    if (due.length === 0) return
    const { rows } = await client.query<{ p_answers: Answer[] }>('call played.play($1, null)', [
      tell(due.map(({ command }) => command)),
    ])
    for (const [place, { index: at, check }] of due.entries()) {
      try {
        check(rows[0]?.p_answers[place] ?? {})
      } catch (error) {
        throw new Difference(at + 1, history[at] as Happening, error)
      }
    }
  }

  /** Puts to the end of the batch what ledger, model and contract are compared by. */
  const compare = (): void => {
    for (const [who, { sub }] of wallets.entries())
      ask({ do: 'balance', sub }, (answer) => {
        const told = said<Record<string, string> & { play: Record<string, string> }>(answer)
        const { free, exiting, held, spent, deposited, withdrawn } = told
        const mine = model.customer(who)
        const all = [mine.free, model.heldOf(who), mine.spent, mine.deposited, mine.withdrawn].map(String)
        const notHeld = BigInt(free ?? 0) + BigInt(exiting ?? 0)
        same(`the balance of customer ${who}`, all, [`${notHeld}`, held, spent, deposited, withdrawn])
        const earned = who === 0 ? model.providers.beside.test[PROVIDERS - 1] : 0n
        const { free: playFree, spent: playSpent } = mine.beside.test
        const play = { free: playFree, held: model.heldOf(who, 'test'), spent: playSpent, earned }
        same(`the play money of customer ${who}`, play, inOrder([told.play], Object.keys(play))[0])
        const parts = [notHeld, held, spent, withdrawn].reduce<bigint>((total, part) => total + BigInt(part ?? 0), 0n)
        if (parts !== BigInt(deposited ?? 0)) throw new Error('deposits are not free + held + spent + withdrawn')
      })
    for (const [who, { sub }] of wallets.entries())
      ask({ do: 'card money', sub }, (answer) => {
        const { free, spent, deposited } = model.customer(who).beside.card
        const card = {
          ...{ free, held: model.heldOf(who, 'card'), spent, deposited },
          ...{ disputed: model.cards.disputed(who), frozen: model.isFrozen(who) },
        }
        const told = said<Record<string, string> & { earnings: Record<string, string> }>(answer)
        same(`the card money of customer ${who}`, card, inOrder([told], Object.keys(card))[0])
        if (who > 0) return
        // All of it waits for its window, but what was charged back.
        const total = model.providers.beside.card[PROVIDERS - 1] ?? 0n
        const reversed = model.cards.reversed(PROVIDERS - 1)
        const earnings = { total, reversed, waiting: total - reversed }
        same('earnings in card money', earnings, inOrder([told.earnings], Object.keys(earnings))[0])
      })
    ask({ do: 'card books' }, (answer) => {
      const books = model.cards.books()
      same('the books of cards', books, inOrder([said(answer)], Object.keys(books))[0])
    })
    ask({ do: 'visitor', node: VISITOR }, (answer) =>
      same('what the visitor earned', `${model.visitorEarned()}`, said<{ earned: string }>(answer).earned),
    )
    const onChain = { escrow: contract.escrow(), ...contract.state }
    call('ledger_state', [instance], (answer) => {
      const { escrow, pool, fees, total, free, held, earned, platformFees } = said<Record<string, string>>(answer)
      same('what the contract holds', onChain, { escrow, pool, fees })
      same('the ledger', { total: '0', ...model.expected() }, { total, free, held, earned, platformFees })
    })
  }

  let serials = 0
  let redeploys = 0
  const payments: { who: number; amount: bigint; disputed: boolean }[] = []
  const disputes: { payment: number; amount: bigint }[] = []
  /** All that Stripe shows of a payment, as the coordinator tells it. */
  const tellCard = (payment: number, state: string | null, check: Step['check']): void => {
    const { who, amount } = payments[payment] ?? { who: 0, amount: 0n }
    const found = disputes.findIndex((one) => one.payment === payment)
    const all = { paymentId: `pi_${payment}`, customer: wallets[who]?.address, amount: `${amount}`, livemode: false }
    const parts = state === null ? [] : [{ id: disputeId(found), amount: `${disputes[found]?.amount}`, state }]
    messages += 1
    call('record_card_event', [`evt_${messages}`, 'payment', { ...all, disputes: parts }], (answer) => {
      same('a message about a card is dealt with', true, said(answer))
      check(answer)
    })
  }
  let messages = 0
  let deposit: (ChainEvent & { txHash?: string }) | undefined
  const claimed = (node: number, at: Place | null | undefined): void => {
    if (!at) return
    const { special, later } = model.claim(at, node, node === PROVIDERS - 1 ? 0 : undefined)
    count('claim of a job')
    if (special) count('a replica')
    if (later) count('a later stage')
  }

  const act = async (event: Happening): Promise<void> => {
    switch (event.kind) {
      case 'deposit': {
        const { who, amount } = event
        const stays = contract.of(who).exiting > 0n
        const made = contract.deposit(who, amount)
        if (made === undefined) return count('deposit refused by a pause')
        deposit = made
        deposit.txHash = book(deposit, () => {
          model.customer(who).deposited += amount
          model.customer(who).free += amount
        })
        if (stays) show(who)
        return count('deposit')
      }
      case 'replay':
        // The same log seen again in a later block books nothing.
        if (!deposit) return
        book(deposit, () => count('replay'), 0)
        return
      case 'play': {
        const { who, amount } = event
        ask({ do: 'play', sub: wallets[who]?.sub, amount: `${amount}` }, (answer) => {
          const play = model.customer(who).beside.test
          const refusal = play.free + amount < 0n ? 'OB007' : play.free + amount > 1_000_000_000n ? 'OB014' : undefined
          same('play money', refusal ?? 'given', answer.refused ?? 'given')
          if (refusal) return count('play money refused')
          play.free += amount
          count('play money')
        })
        return
      }
      case 'card': {
        const { who, amount } = event
        payments.push({ who, amount, disputed: false })
        tellCard(payments.length - 1, null, () => {
          const purse = model.customer(who).beside.card
          purse.free += amount
          purse.deposited += amount
          count('card money')
        })
        return
      }
      case 'dispute': {
        const open = [...payments.keys()].filter((one) => !payments[one]?.disputed)
        const payment = open[event.which % Math.max(1, open.length)]
        const chosen = payment === undefined ? undefined : payments[payment]
        if (payment === undefined || chosen === undefined) return
        chosen.disputed = true
        const amount = (chosen.amount * BigInt(event.part * 10)) / 10n || 1n
        const dispute = disputes.push({ payment, amount }) - 1
        tellCard(payment, 'open', () => {
          model.cards.dispute(disputeId(dispute), chosen.who, amount)
          count('dispute')
        })
        return
      }
      case 'dispute ends': {
        if (disputes.length === 0) return
        const dispute = event.which % disputes.length
        tellCard(disputes[dispute]?.payment ?? 0, event.won ? 'won' : 'lost', () => {
          if (model.cards.decide(disputeId(dispute), event.won)) count(event.won ? 'dispute won' : 'dispute lost')
        })
        return
      }
      case 'lift':
        call('lift_card_freeze', [wallets[event.who]?.address], (answer) => {
          same('disputes forgiven', model.cards.lift(event.who), said(answer))
          count('lift')
        })
        return
      case 'bind':
        ask({ do: 'bind', node: VISITOR, sub: bound }, (answer) => {
          const first = model.bind()
          same('a wallet is bound once', first ? 'bound' : 'OB083', answer.refused ?? 'bound')
          if (first) count('bind')
        })
        return
      case 'lapse':
        ask({ do: 'lapse', instance }, (answer) => {
          const lapsed = model.lapse()
          same('what nobody claimed', lapsed ? 1 : 0, said(answer))
          if (lapsed) count('lapse')
        })
        return
      case 'redeploy': {
        redeploys += 1
        const facts = [31_337, addressOf(0xc000 + redeploys), addressOf(0xc1), `0x${'ab'.repeat(32)}`, block + 1]
        let opened = 0
        call('open_settlement_instance', facts, (answer) => {
          opened = said<number>(answer)
          model.redeploy()
          count('redeploy')
        })
        await flush()
        instance = opened
        contract = deploy()
        deposit = undefined
        call('record_limits', [instance, `${DEFAULT_CAP}`])
        return
      }
      case 'task': {
        const { who, asset, chunks, price, more, attempts, shape, metered } = event
        const budget = price * BigInt(chunks * shape[0] * shape[1]) + more
        const serial = serials
        serials += 1
        const task = {
          ...{ title: 'A test', inputs: Array.from({ length: chunks }, (_, place) => place), acknowledgeVisible: true },
          ...(metered ? { metered: { maxPricePerChunk: `${price}` } } : { pricePerChunk: `${price}` }),
          ...{ budget: `${budget}`, maxAttempts: attempts },
          ...(shape[0] === 1 ? { type: 'raytrace' } : { pipeline: Array(shape[0]).fill({ type: 'raytrace' }) }),
          ...(shape[1] === 1 ? {} : { trust: { replicas: shape[1] } }),
          ...(asset === 'chain' ? {} : { asset }),
        }
        ask({ do: 'task', sub: wallets[who]?.sub, serial, task }, (answer) => {
          const refusal = model.refusal(who, budget, asset)
          same('a budget', refusal ?? 'held', answer.refused ?? 'held')
          count(refusal ? `refused with ${refusal}` : `task paid with ${asset}`)
          if (refusal) return
          const { taskId } = said<{ taskId: string }>(answer)
          model.post(serial, taskId, {
            ...{ customer: who, asset, price, metered, bps: model.state.bps, budget, attempts, chunks, shape },
          })
        })
        return
      }
      case 'work': {
        const { who, end, more, took } = event
        ask({ do: 'work', node: who, end, more, took, report: reportOf(end, who) }, (answer) => {
          const told = said<{ ended?: Place; accepted?: boolean; reason?: string; claimed?: Place }>(answer)
          if (told.ended) {
            const reason = end === 'lying' ? 'hash_mismatch' : null
            if (end !== 'lost') same(`a job that ${end}`, [reason === null, reason], [told.accepted, told.reason])
            const paid = model.finish(told.ended, who, end, took)
            count(end)
            if (paid) count(paid)
          }
          claimed(who, told.claimed)
        })
        return
      }
      case 'rate': {
        const { who, rate } = event
        ask({ do: 'rate', node: who, sub: subs[who], rate }, (answer) => {
          const given = said<Place | null>(answer)
          if (given) model.finish(given, who, 'released')
          model.rates[who] = rate
          count(given ? 'a rate named with a job in hand' : 'rate')
        })
        return
      }
      case 'default rate':
        ask({ do: 'default rate', rate: event.rate }, (answer) => {
          said(answer)
          model.state.defaultRate = event.rate
          count('default rate')
        })
        return
      case 'cancel': {
        // Half of the time one that has a chunk in work, if there is any: those are the interesting ones.
        const running = [...model.tasks].filter(([, task]) => !task.cancelled)
        const working = running.filter(([, task]) =>
          task.work.some(({ stages }) => stages.flat().some(({ state }) => state === 'processing')),
        )
        const choice = event.which % 2 === 0 && working.length > 0 ? working : running
        const [serial, task] = choice[event.which % Math.max(1, choice.length)] ?? []
        if (serial === undefined || task === undefined) return
        ask({ do: 'cancel', sub: wallets[task.customer]?.sub, serial }, (answer) => {
          same('a cancel frees', `${model.cancel(serial)}`, said<{ refunded: string }>(answer).refunded)
          count('cancel')
        })
        return
      }
      case 'fee':
        call('set_fee_bps', [event.bps], (answer) => {
          said(answer)
          model.state.bps = event.bps
        })
        return count('fee')
      case 'stamp':
        call('charges_due', [instance], (answer) => {
          model.cards.coverAll()
          const due = model
            .stamp()
            .map(({ who, cumulative, fee }) => ({ customer: wallets[who]?.address, cumulative, cumulativeFee: fee }))
          const told = said<Record<string, string>[]>(answer)
          told.sort((a, b) => ((a.customer ?? '') < (b.customer ?? '') ? -1 : 1))
          same('charges due', due, inOrder(told, ['customer', 'cumulative', 'cumulativeFee']))
          count('stamp')
        })
        return
      case 'charge': {
        // Any stamp that the contract has not taken, the latest or an older: charges arrive late, and may fall short.
        const waiting = wallets.flatMap((_, who) =>
          model
            .customer(who)
            .waiting.filter(({ cumulative }) => cumulative > contract.of(who).charged)
            .map(({ cumulative, fee }) => ({ who, cumulative, fee })),
        )
        const chosen = waiting[event.which % Math.max(1, waiting.length)]
        if (chosen) charge(chosen.who, chosen.cumulative, chosen.fee)
        return
      }
      case 'vouch':
        ask({ do: 'vouch', instance }, (answer) => {
          const due = model.vouch().map(({ provider, cumulative }) => ({ provider: providers[provider], cumulative }))
          const told = said<{ due: Record<string, string>[]; above: string[] }>(answer)
          due.sort((a, b) => ((a.provider ?? '') < (b.provider ?? '') ? -1 : 1))
          same('vouchers due', due, inOrder(told.due, ['provider', 'cumulative']))
          same(
            'a voucher of a unit more',
            due.map(() => 'OB005'),
            told.above,
          )
          for (const _ of due) count('voucher')
        })
        return
      case 'claim': {
        const cumulative = model.providers.vouched[event.who] ?? 0n
        const claim = contract.claim(providers[event.who] ?? '', cumulative)
        if (claim === undefined) return
        book(claim, () => {
          model.providers.settled[event.who] = cumulative
          count('claim on chain')
        })
        return
      }
      case 'ask to leave': {
        const { balance } = contract.of(event.who)
        if (balance === 0n) return
        contract.requestExit(event.who, (balance * BigInt(event.part * 10)) / 10n || 1n)
        show(event.who)
        return count('ask to leave')
      }
      case 'stay': {
        const who = leaving(event.who)
        if (who === undefined) return
        contract.cancelExit(who)
        show(who)
        return count('stay')
      }
      case 'leave': {
        const who = leaving(event.who)
        return who === undefined ? undefined : leave(who)
      }
      case 'cap':
        contract.setCap(event.who, event.cap)
        show(event.who)
        return count('cap')
      case 'day':
        ask({ do: 'day' }, (answer) => {
          said(answer)
          model.day()
        })
        for (const who of contract.day()) show(who)
        return count('day')
      case 'pause':
        return contract.pause() ? count('pause') : undefined
      case 'resume':
        return contract.resume() ? count('resume') : undefined
      case 'top up':
        book(contract.topUp(addressOf(0xf0), event.amount), () => count('top up'))
        return
      case 'collect': {
        const amount = (contract.state.fees * BigInt(event.part * 10)) / 10n
        const collect = contract.collect(addressOf(0xf1), amount)
        if (collect)
          book(collect, () => {
            model.state.collected += amount
            count(amount > 0n ? 'collect' : 'collect nothing')
          })
        return
      }
    }
  }

  const charge = (who: number, cumulative: bigint, fee: bigint): bigint => {
    const taken = contract.charge(who, cumulative, fee)
    if (contract.isPaused()) count('charge refused by a pause')
    if (taken === undefined) return 0n
    const amount = BigInt(String(taken.amount))
    book(taken, () => model.charged(who, amount, BigInt(String(taken.cumulative))))
    count(taken.cumulative === `${cumulative}` ? 'charge' : 'charge that fell short')
    return amount
  }
  const leaving = (which: number): number | undefined => {
    const all = [...wallets.keys()].filter((who) => contract.of(who).exiting > 0n)
    return all[which % Math.max(1, all.length)]
  }
  /** The exit delay goes by: what runs comes to its end, all that is spent is charged, and the money leaves. */
  const leave = async (who: number): Promise<void> => {
    ask({ do: 'time to leave', customer: wallets[who]?.address }, (answer) => {
      for (const at of said<Place[]>(answer)) {
        const by = model.tasks.get(at.serial)?.work[at.chunk]?.stages[at.stage]?.[at.replica]?.by
        model.finish(at, by ?? -1, 'lost')
      }
    })
    await act({ kind: 'stamp' })
    await flush()
    const { cumulative, fee } = model.customer(who).last
    // An exit takes longer to ripen than the longest pause lasts, two charges beside it.
    if (contract.resume()) count('leave after a pause')
    charge(who, cumulative, fee)
    show(who)
    // Whatever a customer held and spent could be charged before it left (M3): the providers lose nothing.
    const lost = cumulative - contract.of(who).charged
    if (lost > 0n) throw new Difference(index + 1, history[index] as Happening, `the providers lose ${lost}`)
    const withdrawn = contract.withdraw(who)
    if (withdrawn) book(withdrawn, () => model.withdrawn(who, BigInt(String(withdrawn.amount))))
    show(who)
    count('leave')
  }

  const look = async (): Promise<void> => {
    const [row] = (await client.query(audit)).rows
    const wrong = Object.entries(row ?? {}).filter(([, times]) => times !== 0)
    if (wrong.length > 0)
      throw new Difference(index + 1, history[index] as Happening, `what never happens: ${tell(wrong)}`)
  }
  for (const [at, event] of history.entries()) {
    index = at
    await act(event)
    const last = at + 1 === history.length
    if (at % batch !== batch - 1 && !last) continue
    if (at % (2 * batch) === batch - 1 || last) compare()
    await flush()
    if (at % (20 * batch) === batch - 1 || last) await look()
  }
  return counts
}

const disputeId = (place: number): string => `du_${String(place).padStart(6, '0')}`

/** A site of the wallet's, and a visitor's browser on it. */
const visit = async (engine: Engine, client: pg.Client, siteOwner: string): Promise<void> => {
  await engine.coordinator('set_embedding', [[BRIDGE], 'x-real-ip'])
  const site = { name: 'A blog', origins: ['https://blog.example'], ownerBps: SITE_BPS }
  const owner = await engine.wallet(siteOwner)
  const { siteKey } = await owner.rpc<{ siteKey: string }>('create_site', { p_site: JSON.stringify(site) })
  const { nodeId, nodeSecret } = await engine.database.as({ role: 'anon', headers: { origin: BRIDGE } }, ({ rpc }) =>
    rpc<{ nodeId: string; nodeSecret: string }>('register_node', { p_hardware_id: 'a browser', p_site_key: siteKey }),
  )
  await engine.coordinator('mark_operator_node', [nodeId])
  await client.query('insert into played.nodes values ($1, $2, $3)', [VISITOR, nodeId, nodeSecret])
}

/** Only these fields, in this order. */
const inOrder = (rows: Record<string, string>[], fields: string[]): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])))
