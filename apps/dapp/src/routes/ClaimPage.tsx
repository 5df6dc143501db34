import { redeemClaimCode, showClaimCode } from '@oblivion/client'
import type { VisitorClaim } from '@oblivion/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { publicClient } from '../features/api/publicClient.ts'
import { walletClient } from '../features/api/walletClient.ts'
import { Button } from '../features/elements/Button.tsx'
import { Empty } from '../features/elements/Empty.tsx'
import { Notice } from '../features/elements/Notice.tsx'
import { Page } from '../features/elements/Page.tsx'
import { RowBones, Skeleton } from '../features/elements/Skeleton.tsx'
import { formatAddress } from '../features/format/formatAddress.ts'
import { formatMoney } from '../features/format/formatAmount.ts'
import { Time } from '../features/format/Time.tsx'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { errorSentence } from '../features/shell/errorSentence.ts'
import { QueryFailed } from '../features/shell/QueryFailed.tsx'
import { SignInGate } from '../features/wallet/SignInGate.tsx'

/** Taken from behind the #, which browsers send to nobody, and at once out of the address and the history. */
const takeCode = (): string | null => {
  const code = window.location.hash.slice(1)
  if (!/^obc_[0-9a-f]{64}$/.test(code)) return null
  window.history.replaceState(window.history.state, '', window.location.pathname)
  return code
}

/** Where the badge on a site leads: what a visitor without a wallet earned there becomes a wallet's. */
export function ClaimPage() {
  const config = useConfig()
  const [code] = useState(takeCode)
  const claim = useQuery({
    queryKey: ['claim', code],
    queryFn: ({ signal }) => showClaimCode(publicClient(config), { code: code ?? '', signal }),
    enabled: code !== null,
    retry: false,
    // Once it is used, it is gone; what it stood for is shown on.
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Page
      title="Claim"
      sentence={
        claim.data
          ? `You earned ${formatMoney(claim.data.earned)} on ${claim.data.site}.`
          : 'Move to your wallet what you earned on a site.'
      }
      below="Whoever computes on a site without a wallet earns into an account of its own. A wallet that is bound to it gets what is there and what comes after."
    >
      {code === null ? (
        <Empty title="There is no code in this address.">
          Open the badge on the page where you computed, and choose “Move to my wallet”. The link that you get is good
          for 10 minutes and for one use.
        </Empty>
      ) : claim.error ? (
        <QueryFailed error={claim.error} tried="Reading the code" retry={claim.refetch} />
      ) : claim.data ? (
        <SignInGate purpose="take over these earnings">
          {(address) => <Bind code={code} claim={claim.data} address={address} />}
        </SignInGate>
      ) : (
        <Skeleton label="Reading the code">
          <RowBones count={4} />
        </Skeleton>
      )}
    </Page>
  )
}

function Bind({ code, claim, address }: { code: string; claim: VisitorClaim; address: `0x${string}` }) {
  const config = useConfig()
  const bind = useMutation({ mutationFn: () => redeemClaimCode(walletClient(config, address), { code }) })
  if (bind.data) {
    return (
      <Notice
        meaning="done"
        title={`${formatAddress(address)} is bound to it.`}
        action={
          <Link to="/wallet" className="text-link">
            Open the wallet
          </Link>
        }
      >
        {bind.data.availableAt && (
          <>
            What was earned so far is in your earnings from <Time at={bind.data.availableAt} /> on, and what you earn on{' '}
            {claim.site} from now on a day after it. The wait gives time to object to a code that was stolen.
          </>
        )}
      </Notice>
    )
  }
  return (
    <section className="card flex flex-col gap-4 px-6 py-5" aria-label="Bind a wallet">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
        <dt className="text-ink-3">Site</dt>
        <dd>
          {claim.site} <span className="text-ink-3">({claim.origins.join(', ')})</span>
        </dd>
        <dt className="text-ink-3">Your part</dt>
        <dd className="figure">{claim.visitorBps / 100} % of each reward</dd>
        <dt className="text-ink-3">To</dt>
        <dd className="figure break-all">{address}</dd>
        {claim.expiresAt && (
          <>
            <dt className="text-ink-3">Good until</dt>
            <dd>
              <Time at={claim.expiresAt} />
            </dd>
          </>
        )}
      </dl>
      <p className="max-w-[46rem] text-ink-2">
        The first wallet that uses the code is bound for good. Nothing is sent on chain, and it costs nothing.
      </p>
      {bind.error && (
        <Notice meaning="fail" {...sayFailure(bind.error)}>
          {errorSentence(bind.error, 'Binding').hint}
        </Notice>
      )}
      <div>
        <Button kind="primary" busy={bind.isPending} onClick={() => bind.mutate()}>
          Bind this wallet
        </Button>
      </div>
    </section>
  )
}

const sayFailure = (error: Error): { title: string; details: string } => {
  const { title, details } = errorSentence(error, 'Binding')
  return { title, details }
}
