import { myVoucher } from '@oblivion/client'
import type { Earnings } from '@oblivion/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { walletClient } from '../api/walletClient.ts'
import { Button } from '../elements/Button.tsx'
import { formatAmount } from '../format/formatAmount.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { networkName } from '../shell/networkName.ts'
import { Unread } from '../shell/Unread.tsx'
import { nextForEarnings } from '../worker/nextForEarnings.ts'
import { PayoutOrder } from './PayoutOrder.tsx'
import { sendClaim } from './sendTransaction.ts'

/** From the voucher into the wallet. */
export function SettleCard({ address, earnings }: { address: `0x${string}`; earnings: Earnings }) {
  const config = useConfig()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const voucher = useQuery({
    queryKey: ['voucher', address],
    queryFn: ({ signal }) => myVoucher(walletClient(config, address), { signal }),
    refetchInterval: 4000,
  })
  const open = voucher.data && voucher.data.claimable > 0n ? voucher.data : null
  const fee = networkName(config.chainId).name.startsWith('Polygon') ? 'POL' : 'ETH'

  async function settle() {
    if (!open || busy) return
    setBusy(true)
    // The voucher on the screen may be some seconds old; the newest one pays all that is signed for.
    const { data: newest } = await voucher.refetch()
    await sendClaim(config, newest && newest.claimable > 0n ? newest : open)
    setBusy(false)
    for (const key of ['voucher', 'earnings', 'payout', 'token']) void queries.invalidateQueries({ queryKey: [key] })
  }
  return (
    <section className="card flex flex-col gap-4 p-5" aria-label="Settle">
      <div>
        <h3 className="font-medium text-16">Settle</h3>
        <p className="mt-1 text-ink-2">
          Redeem the signed voucher for your earnings: the contract pays the difference to your wallet.
        </p>
      </div>
      <p>
        <span className="figure text-28">{voucher.data === undefined ? '–' : formatAmount(open?.claimable ?? 0n)}</span>{' '}
        <span className="text-12 text-ink-3">USDC</span>
        <span className="mt-1 block text-12 text-ink-3">
          {open
            ? 'Signed for by the settler; good against the contract even if Oblivion is gone.'
            : nextForEarnings(earnings)}
        </span>
      </p>
      {voucher.data === undefined && <Unread query={voucher} tried="Reading your voucher" />}
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button kind="primary" disabled={!open} busy={busy} onClick={() => void settle()}>
          Settle
        </Button>
        <p className="flex-1 text-12 text-ink-3">One transaction from your wallet, which pays its fee in {fee}.</p>
      </div>
      <PayoutOrder address={address} earnings={earnings} />
    </section>
  )
}
