import { readTokenBalance } from '@oblivion/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { AmountField } from '../elements/AmountField.tsx'
import { Button } from '../elements/Button.tsx'
import { formatMoney } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { networkName } from '../shell/networkName.ts'
import { Unread } from '../shell/Unread.tsx'
import { chainClient } from './chainClient.ts'
import { chainFailed } from './chainFailed.ts'
import { readDeposit } from './readDeposit.ts'
import { sendDeposit } from './sendTransaction.ts'

/** From the wallet into its escrow, to be spent on tasks. */
export function DepositCard({ address, dailyCap }: { address: `0x${string}`; dailyCap: bigint | null }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const holding = useQuery({
    queryKey: ['token', address],
    queryFn: () => readTokenBalance(chainClient(config), { token: config.tokenAddress, owner: address }),
    refetchInterval: 4000,
  })
  const token = networkName(config.chainId).test ? 'test USDC' : 'USDC'

  async function submit(event: FormEvent) {
    event.preventDefault()
    const { amount, problem: found } = readDeposit(text, holding.data)
    setProblem(found)
    if (amount === null || busy) return
    setBusy(true)
    if (await sendDeposit(config, amount)) setText('')
    setBusy(false)
    void queries.invalidateQueries({ queryKey: ['token'] })
    void queries.invalidateQueries({ queryKey: ['balance'] })
  }
  return (
    <form onSubmit={submit} noValidate className="card flex flex-col gap-4 p-5" aria-label="Deposit">
      <div>
        <h3 className="font-medium text-16">Deposit</h3>
        <p className="mt-1 text-ink-2">
          Move {token} from your wallet into your escrow in the settlement contract. Tasks are paid from there
          {dailyCap === null
            ? '.'
            : `, at most ${formatMoney(dailyCap)} a day: your daily cap. A higher one, set below, counts a day later.`}
        </p>
      </div>
      <AmountField
        label="Amount"
        value={text}
        onChange={(next) => {
          setText(next)
          setProblem(null)
        }}
        placeholder="100"
        unit="USDC"
        problem={problem}
        note={holding.data === undefined ? undefined : holdingSentence(holding.data, token)}
      />
      <Unread query={holding} tried="Reading what your wallet holds" also={chainFailed}>
        <p className="-mt-2.5 text-12 text-ink-3">Reading what your wallet holds.</p>
      </Unread>
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" busy={busy}>
          Deposit
        </Button>
        <p className="flex-1 text-12 text-ink-3">
          What no task needs can be withdrawn again, below. A deposit ends a withdrawal that you asked for.
        </p>
      </div>
    </form>
  )
}

function holdingSentence(holding: bigint, token: string): string {
  return holding === 0n ? `Your wallet holds no ${token}.` : `Your wallet holds ${formatMoney(holding)}.`
}
