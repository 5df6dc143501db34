import type { CardMoney } from '@oblivion/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from '../elements/Button.tsx'
import { Notice } from '../elements/Notice.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { cardReturn } from './cardReturn.ts'

const said = {
  cancelled: { meaning: 'wait', title: 'You left the payment page. Nothing was paid.' },
  pending: { meaning: 'wait', title: 'Your payment is on its way.' },
  arrived: { meaning: 'work', title: 'Your payment has arrived.' },
} as const

/** How a visit to Stripe's page ended, until it is put away. */
export function CardReturnNotice({ money }: { money: CardMoney }) {
  const navigate = useNavigate()
  const { card } = useSearch({ strict: false }) as { card?: unknown }
  const outcome = cardReturn(card, money)
  if (outcome === null) return null
  return (
    <Notice
      {...said[outcome]}
      action={
        <Button kind="quiet" size="small" onClick={() => void navigate({ to: '/wallet', search: {}, replace: true })}>
          Close
        </Button>
      }
    >
      {outcome === 'pending' &&
        'Stripe tells us once the card was charged, mostly within a minute. This page follows by itself; you may leave it.'}
      {outcome === 'arrived' && `${formatMoney(money.free, 'card')} of card money are free to spend.`}
    </Notice>
  )
}
