import type { Asset } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cardMoneyQuery } from '../cards/cardQueries.ts'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'
import { networkStatsQuery } from '../network/networkQueries.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { priceSplit } from './priceSplit.ts'
import { balanceQuery } from './taskQueries.ts'

type PriceCardProps = {
  /** Of one job, or the most of one; null where it cannot be read. */
  price: bigint | null
  /** Whether jobs are paid by their time, up to the price. */
  metered: boolean
  jobs: number
  asset: Asset
  address: `0x${string}`
  /** Whether it is posted again and again. */
  repeated: boolean
  /** What is ordered. */
  what: ReactNode
  /** The way to order it. */
  children: ReactNode
}

/** What the order comes to, as one types, and the way to place it. */
export function PriceCard({ price, metered, jobs, asset, address, repeated, what, children }: PriceCardProps) {
  const config = useConfig()
  const balance = useQuery(balanceQuery(config, address))
  const stats = useQuery(networkStatsQuery(config))
  const feeBps = stats.data?.feeBps
  const split = price === null || feeBps === undefined ? null : priceSplit(price, jobs, feeBps)
  const budget = price === null ? null : price * BigInt(jobs)
  const card = useQuery(cardMoneyQuery(config, address))
  const free = { chain: balance.data?.free, card: card.data?.free, test: balance.data?.play?.free }[asset]
  const unit = units[asset]
  const short = budget !== null && free !== undefined && budget > free ? budget - free : null
  // Of tokens alone; said before the deposit, since a raise takes a day.
  const { dailyCap = null, room = null } = (asset === 'chain' && balance.data) || {}
  const capped = budget !== null && room !== null && budget > room
  return (
    <aside aria-label="What it costs" className="card flex flex-col gap-4 self-start p-5 full:sticky full:top-20">
      {what}
      <dl className="flex flex-col gap-1.5 border-line border-t pt-4">
        <Line
          name={`${repeated ? 'Budget of a run' : 'Budget'}${metered ? ', at most' : ''}`}
          amount={budget}
          unit={unit}
          strong
        />
        {split && <Line name="of it to the workers" amount={split.reward} unit={unit} />}
        {split && feeBps !== undefined && (
          <Line name={`of it the network’s fee, ${feeBps / 100} %`} amount={split.fee} unit={unit} />
        )}
        <Line name={freeNames[asset]} amount={free ?? null} unit={unit} />
        {room !== null && <Line name="Left of your daily cap" amount={room} unit={unit} />}
      </dl>
      {capped && (
        <p role="status" className="text-12 text-wait-ink">
          {dailyCap !== null && `Your daily cap is ${formatMoney(dailyCap)}, and all your running tasks have to fit. `}
          <Link to="/wallet" className="underline underline-offset-2">
            Raise it in Wallet
          </Link>
          , which counts a day later, or post less at once.
        </p>
      )}
      {short !== null && (
        <p role="status" className="text-12 text-wait-ink">
          {formatMoney(short, asset)} are missing.{' '}
          <Link to="/wallet" className="underline underline-offset-2">
            {asset === 'chain' ? 'Deposit in Wallet' : 'Add some in Wallet'}
          </Link>
          , or lower the {metered ? 'cap' : 'price'}.
        </p>
      )}
      {!capped && short === null && (
        <p className="text-12 text-ink-3">
          {repeated
            ? 'Each run holds its budget when it is posted; one that your balance does not cover is left out.'
            : metered
              ? 'The budget is held when you post: every chunk at its cap. Each is paid by its time, and what is left comes back.'
              : 'The budget is held when you post, and never exceeded. What accepted chunks do not use comes back.'}
        </p>
      )}
      {children}
    </aside>
  )
}

const freeNames = { chain: 'Your free balance', card: 'Your card money', test: 'Your play money' } as const

type LineProps = { name: string; amount: bigint | null; unit: string; strong?: boolean }

function Line({ name, amount, unit, strong = false }: LineProps) {
  return (
    <div className={`flex items-baseline justify-between gap-4 ${strong ? '' : 'text-ink-2'}`}>
      <dt className={strong ? 'font-medium' : ''}>{name}</dt>
      <dd className="whitespace-nowrap">
        <span className={`figure ${strong ? 'text-20' : ''}`}>{amount === null ? '–' : formatAmount(amount)}</span>{' '}
        <span className="text-12 text-ink-3">{unit}</span>
      </dd>
    </div>
  )
}
