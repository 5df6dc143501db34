import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { getAddress, isAddress } from 'viem'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { Field } from '../elements/Field.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { formatMoment } from '../format/formatTime.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { Unread } from '../shell/Unread.tsx'
import { chainFailed } from './chainFailed.ts'
import { readDeposit } from './readDeposit.ts'
import { sendDailyCap, sendPayee } from './sendTransaction.ts'
import { useAccountOnChain } from './useAccountOnChain.ts'

const moment = (seconds: bigint) => formatMoment(new Date(Number(seconds) * 1000))

/** What limits a thief: the daily cap of the escrow, and where earnings go. Both are the wallet's own word, on the chain. */
export function SafetyCard({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const chain = useAccountOnChain(address)
  const [cap, setCap] = useState('')
  const [payee, setPayee] = useState('')
  const [problems, setProblems] = useState<{ cap?: string | null; payee?: string | null }>({})
  const [busy, setBusy] = useState<'cap' | 'payee' | null>(null)
  if (chain.data === undefined) {
    return (
      <section className="card flex flex-col gap-4 p-5" aria-label="Safety">
        <h3 className="font-medium text-16">Safety</h3>
        <Unread query={chain} tried="Reading your daily cap and where your earnings go" also={chainFailed}>
          <p className="text-ink-3">Reading the contract.</p>
        </Unread>
      </section>
    )
  }
  const { customer, provider } = chain.data
  const pays = provider.payee.toLowerCase() === address.toLowerCase() ? 'this wallet' : provider.payee

  async function act(which: 'cap' | 'payee', send: () => Promise<boolean>) {
    if (busy !== null) return
    setBusy(which)
    if (await send()) (which === 'cap' ? setCap : setPayee)('')
    setBusy(null)
    void queries.invalidateQueries({ queryKey: ['onChain'] })
  }
  function submitCap(event: FormEvent) {
    event.preventDefault()
    const { amount, problem } = cap.trim() === '0' ? { amount: 0n, problem: null } : readDeposit(cap, undefined)
    setProblems({ cap: problem })
    if (amount !== null) void act('cap', () => sendDailyCap(config, amount))
  }
  function submitPayee(event: FormEvent) {
    event.preventDefault()
    const text = payee.trim()
    if (!isAddress(text, { strict: false })) {
      return setProblems({ payee: 'Enter an address: 0x and 40 figures or letters from a to f.' })
    }
    setProblems({})
    void act('payee', () => sendPayee(config, getAddress(text)))
  }
  return (
    <section className="card flex flex-col gap-5 p-5" aria-label="Safety">
      <div>
        <h3 className="font-medium text-16">Safety</h3>
        <p className="mt-1 text-ink-2">
          Kept by the contract, changed by your wallet alone. Lowering counts at once; a higher cap or another address
          counts a day later, so that you notice a change that is not yours.
        </p>
      </div>
      <Unread query={chain} tried="Reading the contract" also={chainFailed} />
      <form onSubmit={submitCap} noValidate className="flex flex-col gap-3" aria-label="Daily cap">
        <AmountField
          label="Daily cap of your escrow"
          value={cap}
          onChange={setCap}
          placeholder={formatMoney(customer.dailyCap).replace(' USDC', '')}
          unit="USDC"
          problem={problems.cap}
          note={
            customer.raisedCap > 0n
              ? `Now ${formatMoney(customer.dailyCap)}; ${formatMoney(customer.raisedCap)} from ${moment(customer.raisedAt)}.`
              : `Now ${formatMoney(customer.dailyCap)}, ${formatMoney(customer.chargeable)} of it left. All running tasks have to fit.`
          }
        />
        <div>
          <Button type="submit" busy={busy === 'cap'} disabled={cap === ''}>
            Set the cap
          </Button>
        </div>
      </form>
      <form onSubmit={submitPayee} noValidate className="flex flex-col gap-3" aria-label="Payee">
        <Field
          label="Where your earnings go"
          value={payee}
          onChange={setPayee}
          autoComplete="off"
          spellCheck={false}
          placeholder="0x…"
          figures
          problem={problems.payee}
          note={
            provider.nextPayeeAt > 0n
              ? `Now ${pays}; ${provider.nextPayee} from ${moment(provider.nextPayeeAt)}.`
              : `Now ${pays}.`
          }
        />
        <div>
          <Button type="submit" busy={busy === 'payee'} disabled={payee === ''}>
            Change the address
          </Button>
        </div>
      </form>
    </section>
  )
}
