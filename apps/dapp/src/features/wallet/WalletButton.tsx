import { Suspense } from 'react'
import { Button } from '../elements/Button.tsx'
import { CopyButton } from '../elements/CopyButton.tsx'
import { Disclosure } from '../elements/Disclosure.tsx'
import { ChevronIcon } from '../elements/icons.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { useStore } from '../shell/createStore.ts'
import { lazyPart } from '../shell/lazyPart.ts'
import { networkName } from '../shell/networkName.ts'
import { connectDialogStore, openConnectDialog } from './connectDialogStore.ts'
import { useWalletActions } from './useWalletActions.ts'
import { walletAddress, walletStore } from './walletStore.ts'

const ConnectDialog = lazyPart(() => import('./ConnectDialog.tsx'), 'ConnectDialog')

/** The wallet in the bar: connect it, or see, copy, sign in and disconnect the one that is connected. */
export function WalletButton() {
  const wallet = useStore(walletStore)
  const open = useStore(connectDialogStore)
  const address = walletAddress(wallet)
  return (
    <>
      {address === null ? (
        <Button kind="plain" size="small" busy={wallet.status === 'connecting'} onClick={openConnectDialog}>
          {/* Its whole name does not fit beside the others on a narrow screen. */}
          <span>
            Connect<span className="max-wide:sr-only"> wallet</span>
          </span>
        </Button>
      ) : (
        <Disclosure
          label={`Wallet ${formatAddress(address)}`}
          face={
            <>
              <StateMark
                meaning={wallet.status === 'connected' && wallet.session === 'signed-in' ? 'work' : 'wait'}
                size={8}
              />
              <span className="figure text-12">{formatAddress(address)}</span>
              <span className="hidden wide:inline">
                <ChevronIcon />
              </span>
            </>
          }
          buttonClassName="inline-flex h-8 items-center gap-2 rounded-control border border-line-strong bg-surface px-2 wide:px-2.5 hover:bg-sunken"
        >
          {(close) => <WalletPanel close={close} />}
        </Disclosure>
      )}
      {open && (
        <Suspense>
          <ConnectDialog onClose={() => connectDialogStore.set(false)} />
        </Suspense>
      )}
    </>
  )
}

function WalletPanel({ close }: { close: () => void }) {
  const wallet = useStore(walletStore)
  const config = useConfig()
  const actions = useWalletActions()
  const address = walletAddress(wallet)
  if (address === null) return null
  const signedIn = wallet.status === 'connected' && wallet.session === 'signed-in'
  return (
    <div className="flex flex-col">
      <div className="px-4 py-3">
        <p className="text-12 text-ink-3">{wallet.status === 'connected' ? wallet.walletName : 'Used here before'}</p>
        <p className="mt-1 flex items-start gap-2">
          <span className="figure min-w-0 flex-1 break-all pt-0.5 text-12">{address}</span>
          <CopyButton text={address} label="Copy address" />
        </p>
      </div>
      <dl className="flex flex-col gap-1 border-line border-t px-4 py-3 text-12">
        <div className="flex justify-between">
          <dt className="text-ink-3">Network</dt>
          <dd>{networkName(config.chainId).name}</dd>
        </div>
        <div className="flex justify-between">
          <dt className="text-ink-3">Signed in</dt>
          <dd>{signedIn ? 'Yes' : wallet.status === 'connected' ? 'No' : 'Not checked on this page'}</dd>
        </div>
      </dl>
      <div className="flex flex-col gap-1 border-line border-t p-2">
        {wallet.status === 'connected' && !signedIn && (
          <Button kind="quiet" size="small" className="justify-start" onClick={() => void actions.signIn().then(close)}>
            Sign in
          </Button>
        )}
        <Button
          kind="quiet"
          size="small"
          className="justify-start"
          onClick={() => {
            close()
            openConnectDialog()
          }}
        >
          Use another wallet
        </Button>
        <Button
          kind="quiet"
          size="small"
          className="justify-start"
          onClick={() => void actions.disconnect().then(close)}
        >
          Disconnect
        </Button>
      </div>
    </div>
  )
}
