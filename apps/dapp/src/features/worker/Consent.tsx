import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '../elements/Button.tsx'
import { Page } from '../elements/Page.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { networkStatsQuery } from '../network/networkQueries.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { openConnectDialog } from '../wallet/connectDialogStore.ts'
import { useWalletActions } from '../wallet/useWalletActions.ts'
import type { WalletState } from '../wallet/walletStore.ts'
import { consentVersion } from './consent.ts'

const terms: { name: string; text: ReactNode }[] = [
  {
    name: 'What runs',
    text: 'Small parts of other people’s computations, by programs that are built into Oblivion or that its operator has reviewed; others only if you choose so on the next page. They run in a sandbox in this tab: no network, no files, no camera, nothing of this page or of your wallet.',
  },
  {
    name: 'What it costs you',
    text: 'Half of one processor core whenever a job runs, or what you set, for as long as this tab is open. On battery it pauses where the browser tells this page of the charger, as Chrome, Edge and others of their kind do; Firefox and Safari do not, so there it computes on battery too. The machine uses more power, may get warm, and a laptop’s battery drains faster. Results are some kilobytes each.',
  },
  {
    name: 'What it may earn',
    text: <MayEarn />,
  },
  {
    name: 'What others learn',
    text: 'Your wallet’s address, shortened on the public Network page and in full for the customers whose parts you computed, and which jobs your tab has done.',
  },
  {
    name: 'How to stop',
    text: 'Press Stop, here or in the bar at the top of every page, or close the tab. A job that is not done goes to somebody else. You can take this consent back at any time.',
  },
]

/** With the network's own price per hour, which is what a tab is paid by: it names none. */
function MayEarn() {
  const usual = useQuery(networkStatsQuery(useConfig())).data?.defaultPricePerHour
  return (
    <>
      For each accepted result what its customer pays, less the network’s fee, in USDC to your wallet: a fixed price, or
      the time that your tab took at the network’s price per hour
      {usual ? <span className="whitespace-nowrap"> ({formatMoney(usual)} now)</span> : ''}, up to a cap. While nobody
      has work it earns nothing. Work that was paid by card is paid on once the card’s owner can no longer dispute it,
      usually 120 days after the task was posted. Play money, on test networks, is worth nothing.
    </>
  )
}

type ConsentProps = { wallet: WalletState; onEnable: (address: `0x${string}`) => void }

/** Before the first run: what will happen, what it costs, what it may earn, how to stop; one button. */
export function Consent({ wallet, onEnable }: ConsentProps) {
  return (
    <Page
      title="Worker"
      sentence="This tab can earn USDC while it is open."
      below="It computes for others, in the time your processor has nothing to do. Nothing runs before you say so."
    >
      <div className="card max-w-[54rem]">
        <dl>
          {terms.map((term) => (
            <div
              key={term.name}
              className="grid gap-x-6 gap-y-1 border-line px-5 py-4 not-first:border-t wide:grid-cols-[11rem_1fr] wide:px-6"
            >
              <dt className="font-medium">{term.name}</dt>
              <dd className="max-w-[68ch] text-ink-2">{term.text}</dd>
            </div>
          ))}
        </dl>
        <div className="flex flex-col items-start gap-3 border-line border-t bg-sunken/60 px-5 py-5 wide:flex-row wide:items-center wide:gap-5 wide:px-6">
          <NextStep wallet={wallet} onEnable={onEnable} />
        </div>
      </div>
    </Page>
  )
}

function NextStep({ wallet, onEnable }: ConsentProps) {
  const actions = useWalletActions()
  if (wallet.status === 'connected' && wallet.session === 'signed-in') {
    return (
      <>
        <Button kind="primary" onClick={() => onEnable(wallet.address)}>
          Enable the worker
        </Button>
        <p className="text-ink-2">
          It will earn for <span className="figure whitespace-nowrap">{formatAddress(wallet.address)}</span>. You agree
          to version {consentVersion} of this text, in this browser, until you take it back.
        </p>
      </>
    )
  }
  if (wallet.status === 'connected') {
    return (
      <>
        <Button kind="primary" busy={wallet.session !== 'none'} onClick={() => void actions.signIn()}>
          Sign in
        </Button>
        <p className="text-ink-2">
          Step 2 of 3: one signature proves that{' '}
          <span className="figure whitespace-nowrap">{formatAddress(wallet.address)}</span> is yours. It costs nothing
          and moves nothing.
        </p>
      </>
    )
  }
  const restoring = wallet.status === 'remembered' || wallet.status === 'restoring'
  return (
    <>
      <Button kind="primary" busy={restoring || wallet.status === 'connecting'} onClick={openConnectDialog}>
        Choose a wallet
      </Button>
      <p className="text-ink-2">
        {restoring
          ? 'Restoring the wallet of your last visit.'
          : 'Step 1 of 3: the wallet that is paid. Then sign in, then enable the worker.'}
      </p>
    </>
  )
}
