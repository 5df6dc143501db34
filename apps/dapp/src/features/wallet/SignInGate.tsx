import { Activity, type ReactNode, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Empty } from '../elements/Empty.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Bone, Skeleton } from '../elements/Skeleton.tsx'
import { formatAddress } from '../format/formatAddress.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { networkName } from '../shell/networkName.ts'
import { openConnectDialog } from './connectDialogStore.ts'
import { useWallet } from './useWallet.ts'
import { useWalletActions } from './useWalletActions.ts'
import { signedInAddress, type WalletState } from './walletStore.ts'

type SignInGateProps = {
  /** What the page would show, as the end of "Connect a wallet to see …". */
  purpose: string
  children: (address: `0x${string}`) => ReactNode
}

/**
 * Stands before everything that belongs to one wallet: connect, then sign in, then the page. Where its session ends under
 * somebody's hands the page is only put away, and stands there as it was, with what was typed, once the wallet signs in again.
 */
export function SignInGate({ purpose, children }: SignInGateProps) {
  const wallet = useWallet()
  const address = signedInAddress(wallet)
  const [shown, setShown] = useState(address)
  if (address !== null && address !== shown) setShown(address)
  const isShown = wallet.status === 'connected' && wallet.address === shown
  return (
    <>
      <Gate purpose={purpose} wallet={wallet} />
      {isShown && (
        <Activity key={shown} mode={address === null ? 'hidden' : 'visible'}>
          {children(wallet.address)}
        </Activity>
      )}
    </>
  )
}

function Gate({ purpose, wallet }: { purpose: string; wallet: WalletState }) {
  const config = useConfig()
  const actions = useWalletActions()
  if (wallet.status === 'remembered' || wallet.status === 'restoring') return <GateBones />
  if (wallet.status === 'none' || wallet.status === 'connecting') {
    return (
      <Empty
        title={`Connect a wallet to ${purpose}.`}
        action={
          <Button kind="primary" busy={wallet.status === 'connecting'} onClick={openConnectDialog}>
            Choose a wallet
          </Button>
        }
      >
        Your address is your account here: there is no e-mail and no password.
      </Empty>
    )
  }
  if (wallet.session === 'checking') return <GateBones />
  if (wallet.session !== 'signed-in') {
    return (
      <Empty
        title={`Sign in to ${purpose}.`}
        action={
          <Button kind="primary" busy={wallet.session === 'signing'} onClick={() => void actions.signIn()}>
            Sign in
          </Button>
        }
      >
        One signature proves that <span className="figure whitespace-nowrap">{formatAddress(wallet.address)}</span> is
        yours. It costs nothing and moves nothing.
      </Empty>
    )
  }
  if (wallet.chainId === config.chainId) return null
  return (
    <Notice
      meaning="wait"
      title={`Your wallet is on another network. Oblivion settles on ${networkName(config.chainId).name}.`}
      action={
        <Button size="small" onClick={() => void actions.switchChain()}>
          Switch network
        </Button>
      }
    >
      You can look around; deposits and settling need the switch.
    </Notice>
  )
}

function GateBones() {
  return (
    <Skeleton label="Restoring the wallet">
      <div className="card flex flex-col gap-3 px-6 py-8">
        <Bone className="h-4 w-56" />
        <Bone className="h-3 w-80" />
        <Bone className="mt-2 h-10 w-28" />
      </div>
    </Skeleton>
  )
}
