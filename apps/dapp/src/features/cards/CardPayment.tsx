import type { CardMoney, CardOffer } from '@oblivion/core'
import { type FormEvent, useEffect, useState } from 'react'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tellError } from '../shell/tell.ts'
import { openCheckout } from './cardDoor.ts'
import { leaveForCheckout } from './cardReturn.ts'
import { readCardAmount } from './readCardAmount.ts'

/** How much, and off to Stripe's own page: no card number is ever typed here. */
export function CardPayment({ address, money, offer }: { address: string; money: CardMoney; offer: CardOffer }) {
  const config = useConfig()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  // One wish is one payment, however often it is pressed.
  const [requestId] = useState(() => crypto.randomUUID())
  // Whoever goes back from Stripe's page by the browser's own button may get this one as it was left.
  useEffect(() => {
    const comeBack = ({ persisted }: PageTransitionEvent) => persisted && setBusy(false)
    addEventListener('pageshow', comeBack)
    return () => removeEventListener('pageshow', comeBack)
  }, [])

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { cents, problem: found } = readCardAmount(text, offer)
    setProblem(found)
    if (cents === null || busy) return
    setBusy(true)
    try {
      const url = await openCheckout(config, address, { cents, requestId })
      leaveForCheckout(money)
      location.assign(url)
    } catch (error) {
      tellError(errorSentence(error, 'Opening the payment page'))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} noValidate className="card flex flex-col gap-4 p-5" aria-label="Add money by card">
      <div>
        <h3 className="font-medium text-16">Add money by card</h3>
        <p className="mt-1 text-ink-2">
          You pay on a page of Stripe’s and come back here. {offer.mode === 'test' && 'Only test cards work here. '}The
          money pays tasks as tokens do.
        </p>
      </div>
      <AmountField
        label="Amount"
        value={text}
        onChange={(next) => {
          setText(next)
          setProblem(null)
        }}
        placeholder="25"
        unit="USD"
        className="max-w-80"
        problem={problem}
        note={`${formatMoney(offer.least, 'card')} to ${formatMoney(offer.most, 'card')} at once.`}
      />
      <div className="mt-auto">
        <Button type="submit" busy={busy}>
          Pay by card
        </Button>
      </div>
    </form>
  )
}
