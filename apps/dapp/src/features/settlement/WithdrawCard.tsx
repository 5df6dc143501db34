import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { formatDuration } from '../format/formatDuration.ts'
import { formatMoment } from '../format/formatTime.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { Unread } from '../shell/Unread.tsx'
import { useNow } from '../shell/useNow.ts'
import { chainFailed } from './chainFailed.ts'
import { type ExitStage, exitStage } from './exitStage.ts'
import { readDeposit } from './readDeposit.ts'
import { sendExit, sendStay, sendWithdrawal } from './sendTransaction.ts'
import { useAccountOnChain } from './useAccountOnChain.ts'

const moment = (seconds: number) => formatMoment(new Date(seconds * 1000))

/** From the escrow back into the wallet: asked for, waited for, taken. Nobody can stop it, the operator included. */
export function WithdrawCard({ address }: { address: `0x${string}` }) {
  const config = useConfig()
  const queries = useQueryClient()
  const now = useNow(1000)
  const chain = useAccountOnChain(address)
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  if (chain.data === undefined) {
    return (
      <section className="card flex flex-col gap-4 p-5" aria-label="Withdraw">
        <h3 className="font-medium text-16">Withdraw</h3>
        <Unread query={chain} tried="Reading what you can withdraw" also={chainFailed}>
          <p className="text-ink-3">Reading the contract.</p>
        </Unread>
      </section>
    )
  }
  const { customer, limits } = chain.data
  const exit = exitStage(customer, now)

  async function act(send: () => Promise<boolean>) {
    if (busy) return
    setBusy(true)
    if (await send()) setText('')
    setBusy(false)
    for (const key of ['onChain', 'balance', 'token']) void queries.invalidateQueries({ queryKey: [key] })
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    const { amount, problem: found } = readDeposit(text, undefined)
    const tooMuch = amount !== null && amount > customer.escrow
    setProblem(tooMuch ? `Your escrow holds ${formatMoney(customer.escrow)}, which is less.` : found)
    if (amount !== null && !tooMuch) void act(() => sendExit(config, amount))
  }
  return (
    <form onSubmit={submit} noValidate className="card flex flex-col gap-4 p-5" aria-label="Withdraw">
      <div>
        <h3 className="font-medium text-16">Withdraw</h3>
        <p className="mt-1 text-ink-2">
          Take a deposit back. It waits {formatDuration(Number(limits.exitDelay))}, so that work done for you until now
          is paid first; then you have {formatDuration(Number(limits.exitWindow))} to take it. Meanwhile your tasks
          stand still.
        </p>
      </div>
      <p role="status" className="sr-only">
        {stageWords(exit)}
      </p>
      <Unread query={chain} tried="Reading the contract" also={chainFailed} />
      {exit.stage === 'none' && (
        <>
          <AmountField
            label="How much"
            value={text}
            onChange={(next) => {
              setText(next)
              setProblem(null)
            }}
            placeholder="100"
            unit="USDC"
            problem={problem}
            note={
              customer.escrow === 0n ? 'Your escrow is empty.' : `Your escrow holds ${formatMoney(customer.escrow)}.`
            }
          />
          <div className="mt-auto">
            <Button type="submit" busy={busy} disabled={customer.escrow === 0n}>
              Ask to withdraw
            </Button>
          </div>
        </>
      )}
      {exit.stage === 'waiting' && (
        <>
          <p>
            {formatMoney(exit.amount)} can be taken in {formatDuration(exit.ripeAt - now / 1000)}.
            <span className="mt-1 block text-12 text-ink-3">
              From {moment(exit.ripeAt)} until {moment(exit.lapsesAt)}, less what is charged until then. A deposit ends
              it.
            </span>
          </p>
          <div className="mt-auto">
            <Button busy={busy} onClick={() => void act(() => sendStay(config))}>
              Cancel the withdrawal
            </Button>
          </div>
        </>
      )}
      {exit.stage === 'ripe' && (
        <>
          <p>
            {formatMoney(exit.amount)} can be taken now.
            <span className="mt-1 block text-12 text-ink-3">Until {moment(exit.lapsesAt)}; after that, ask again.</span>
          </p>
          <div className="mt-auto flex flex-wrap gap-3">
            <Button kind="primary" busy={busy} onClick={() => void act(() => sendWithdrawal(config, exit.amount))}>
              Withdraw
            </Button>
            <Button busy={busy} onClick={() => void act(() => sendStay(config))}>
              Cancel the withdrawal
            </Button>
          </div>
        </>
      )}
    </form>
  )
}

/** Said aloud when the stage changes, and not with each second of it. */
function stageWords(exit: ExitStage): string {
  if (exit.stage === 'none') return ''
  return `${formatMoney(exit.amount)} can be taken ${exit.stage === 'ripe' ? 'now' : `from ${moment(exit.ripeAt)} on`}.`
}
