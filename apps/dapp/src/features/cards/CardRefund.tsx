import { requestCardRefund } from '@oblivion/client'
import type { CardMoney, CardWithdrawal } from '@oblivion/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { readCardAmount, UNITS_PER_CENT } from './readCardAmount.ts'

/** Free card money back to the card that it came from, and what became of the last wish. */
export function CardRefund({ address, money }: { address: string; money: CardMoney }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  // One wish until it is answered or changed: sent again because the answer was lost, it happens once.
  const [requestId, setRequestId] = useState(() => crypto.randomUUID())

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { cents, problem: found } = readCardAmount(text, { least: UNITS_PER_CENT, most: money.free })
    setProblem(found)
    if (cents === null || busy) return
    setBusy(true)
    try {
      const amount = BigInt(cents) * UNITS_PER_CENT
      await requestCardRefund(walletClient(config, address), { amount, requestId })
      setRequestId(crypto.randomUUID())
      tell(`${formatMoney(amount, 'card')} go back to your card.`)
      setText('')
      await queries.invalidateQueries({ queryKey: ['cardMoney'] })
    } catch (error) {
      tellError(errorSentence(error, 'Taking card money back'))
    }
    setBusy(false)
  }
  const [last] = money.withdrawals
  return (
    <form onSubmit={submit} noValidate className="card flex flex-col gap-4 p-5" aria-label="Take card money back">
      <div>
        <h3 className="font-medium text-16">Take it back</h3>
        <p className="mt-1 text-ink-2">What is free goes back to the card that paid it, the latest payment first.</p>
      </div>
      <AmountField
        label="How much"
        value={text}
        onChange={(next) => {
          setText(next)
          setRequestId(crypto.randomUUID())
          setProblem(null)
        }}
        placeholder="10"
        unit="USD"
        className="max-w-80"
        problem={problem}
        note={`${formatMoney(money.free, 'card')} are free.`}
      />
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" busy={busy} disabled={money.free < UNITS_PER_CENT}>
          Back to the card
        </Button>
        {last && <p className="flex-1 text-12 text-ink-3">{withdrawalSentence(last)}</p>}
      </div>
    </form>
  )
}

/** What became of a wish to have money back. */
export function withdrawalSentence({ amount, state, reason }: CardWithdrawal): string {
  const money = formatMoney(amount, 'card')
  if (state === 'requested') return `${money} wait for Stripe to send them back.`
  if (state === 'returned') return `${money} are on their way to your card; banks take 5 to 10 days.`
  return `${money} could not go back and are free again. ${reason ?? ''}`.trim()
}
