import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cardMoneyQuery } from '../cards/cardQueries.ts'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'
import { plural } from '../format/plural.ts'
import { networkStatsQuery } from '../network/networkQueries.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import type { PictureForm, PicturePlan } from './pictureDraft.ts'
import { priceSplit } from './priceSplit.ts'
import { TilePreview } from './TilePreview.tsx'
import { balanceQuery } from './taskQueries.ts'

type PriceCardProps = {
  plan: PicturePlan
  asset: PictureForm['asset']
  address: `0x${string}`
  children: ReactNode
}

/** What the order comes to, as one types, and the way to place it. */
export function PriceCard({ plan, asset, address, children }: PriceCardProps) {
  const config = useConfig()
  const balance = useQuery(balanceQuery(config, address))
  const stats = useQuery(networkStatsQuery(config))
  const { pricePerTile, budget, tiles } = plan
  const feeBps = stats.data?.feeBps
  const split = pricePerTile === null || feeBps === undefined ? null : priceSplit(pricePerTile, tiles, feeBps)
  const card = useQuery(cardMoneyQuery(config, address))
  const free = { chain: balance.data?.free, card: card.data?.free, test: balance.data?.play?.free }[asset]
  const unit = units[asset]
  const short = budget !== null && free !== undefined && budget > free ? budget - free : null
  return (
    <aside aria-label="What it costs" className="card flex flex-col gap-4 self-start p-5 full:sticky full:top-20">
      <TilePreview plan={plan} />
      <p className="text-ink-2">
        <span className="figure text-ink">{`${plan.width} × ${plan.height}`}</span> in {plural(tiles, 'tile')},{' '}
        {plan.samples} paths a pixel
      </p>
      <dl className="flex flex-col gap-1.5 border-line border-t pt-4">
        <Line name="Budget" amount={budget} unit={unit} strong />
        {split && <Line name="of it to the workers" amount={split.reward} unit={unit} />}
        {split && feeBps !== undefined && (
          <Line name={`of it the network’s fee, ${feeBps / 100} %`} amount={split.fee} unit={unit} />
        )}
        <Line name={freeNames[asset]} amount={free ?? null} unit={unit} />
      </dl>
      {short === null ? (
        <p className="text-12 text-ink-3">
          The budget is held when you post, and never exceeded. What accepted tiles do not use comes back.
        </p>
      ) : (
        <p role="status" className="text-12 text-wait-ink">
          {formatMoney(short, asset)} are missing.{' '}
          <Link to="/wallet" className="underline underline-offset-2">
            {asset === 'chain' ? 'Deposit in Wallet' : 'Add some in Wallet'}
          </Link>
          , or lower the price.
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
