import { myPayout, requestPayout, setPayoutFrom } from '@oblivion/client'
import type { Earnings, Payout } from '@oblivion/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { Unread } from '../shell/Unread.tsx'

/** One USDC: what a row of a batch costs the operator is far below a tenth of a cent of it. */
const ALWAYS_FROM = 1_000_000n

/** For providers who hold no coin for fees, or would rather not send anything: the operator's next batch pays them. */
export function PayoutOrder({ address, earnings }: { address: `0x${string}`; earnings: Earnings }) {
  const config = useConfig()
  const queries = useQueryClient()
  const queryKey = ['payout', address]
  const payout = useQuery({
    queryKey,
    queryFn: ({ signal }) => myPayout(walletClient(config, address), { signal }),
    refetchInterval: 4000,
  })
  // An answer that is on its way since before would bring back what was.
  const forgetAnswers = () => queries.cancelQueries({ queryKey })
  const keep = async (order: Payout) => {
    await forgetAnswers()
    queries.setQueryData(queryKey, order)
  }
  const ask = useMutation({ mutationFn: () => requestPayout(walletClient(config, address)), onSuccess: keep })
  // What was ticked, until the server has answered.
  const [ticked, setTicked] = useState<boolean | null>(null)
  const always = useMutation({
    mutationFn: (from: bigint | null) => setPayoutFrom(walletClient(config, address), { from }),
    onSuccess: keep,
    onSettled: () => setTicked(null),
  })
  if (payout.data === undefined) return <Unread query={payout} tried="Reading what the operator shall send you" />
  const { minimum, asked, from } = payout.data
  const unpaid = earnings.total - earnings.settled
  const failed = ask.error ?? always.error
  return (
    <div className="flex flex-col gap-2 border-line border-t pt-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          size="small"
          disabled={asked > 0n || unpaid < minimum}
          busy={ask.isPending}
          onClick={() => ask.mutate()}
        >
          Have it sent
        </Button>
        <p className="min-w-48 flex-1 text-12 text-ink-3" role="status">
          {asked > 0n
            ? `${formatAmount(asked)} USDC come with one of the operator’s next batches, as they are charged.`
            : `The operator’s next batch pays you, at no cost to you; from ${formatAmount(minimum)} USDC on.`}
        </p>
      </div>
      <label className="flex items-center gap-2 text-14 text-ink-2">
        <input
          type="checkbox"
          className="size-4 accent-(--ink)"
          checked={ticked ?? from !== null}
          onChange={({ target: { checked } }) => {
            setTicked(checked)
            always.mutate(checked ? ALWAYS_FROM : null)
          }}
        />
        Always, once {formatAmount(from ?? ALWAYS_FROM)} USDC can be settled
      </label>
      {failed && (
        <p className="text-12 text-fail-ink" role="alert">
          That was not kept: {failed.message.split('\n')[0]}
        </p>
      )}
    </div>
  )
}
