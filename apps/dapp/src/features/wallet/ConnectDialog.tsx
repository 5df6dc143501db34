import { useEffect, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Notice } from '../elements/Notice.tsx'
import { Pill } from '../elements/Pill.tsx'
import { Bone, Skeleton } from '../elements/Skeleton.tsx'
import { useConfig } from '../shell/ConfigContext.tsx'
import { type ErrorSentence, errorSentence } from '../shell/errorSentence.ts'
import { connectWallet, type WalletChoice } from './connectWallet.ts'
import { isDevelopmentWallet } from './developmentWallets.ts'
import { loadWallet } from './loadWallet.ts'
import { useWalletChoices } from './useWalletChoices.ts'
import type { WalletKernel } from './walletKernel.ts'

/** The wallets of this browser, by what they announce of themselves (EIP-6963). */
export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const config = useConfig()
  const [kernel, setKernel] = useState<WalletKernel | null>(null)
  const [failure, setFailure] = useState<ErrorSentence | null>(null)
  useEffect(() => {
    loadWallet(config).then(setKernel, (error: unknown) => setFailure(errorSentence(error, 'Loading the wallet list')))
  }, [config])
  return (
    <Dialog title="Connect a wallet" onClose={onClose}>
      {failure && (
        <div className="px-5 pt-4">
          <Notice meaning="fail" title={failure.title} details={failure.details}>
            {failure.hint}
          </Notice>
        </div>
      )}
      {kernel ? (
        <Choices kernel={kernel} onDone={onClose} onFailure={setFailure} />
      ) : (
        !failure && (
          <Skeleton label="Looking for wallets">
            <div className="flex flex-col gap-4 p-5">
              <Bone className="h-8 w-full" />
              <Bone className="h-8 w-full" />
            </div>
          </Skeleton>
        )
      )}
      <p className="border-line border-t px-5 py-3 text-12 text-ink-3">
        Connecting shows this page your address and nothing else. It costs nothing.
      </p>
    </Dialog>
  )
}

type ChoicesProps = { kernel: WalletKernel; onDone: () => void; onFailure: (failure: ErrorSentence | null) => void }

function Choices({ kernel, onDone, onFailure }: ChoicesProps) {
  const choices = useWalletChoices(kernel)
  const [asked, setAsked] = useState<string | null>(null)
  const installed = choices.filter((choice) => !isDevelopmentWallet(choice.id))
  const development = choices.filter((choice) => isDevelopmentWallet(choice.id))

  async function choose(choice: WalletChoice) {
    setAsked(choice.uid)
    onFailure(null)
    try {
      await connectWallet(kernel, choice)
      onDone()
    } catch (error) {
      onFailure(errorSentence(error, 'Connecting'))
    } finally {
      setAsked(null)
    }
  }
  const list = (shown: WalletChoice[]) => (
    <ul className="flex flex-col">
      {shown.map((choice) => (
        <li key={choice.uid}>
          <Button
            kind="quiet"
            className="w-full justify-start px-3 text-ink"
            busy={asked === choice.uid}
            onClick={() => choose(choice)}
          >
            {choice.icon && <img src={choice.icon} alt="" className="size-5 rounded-mark" />}
            {choice.name}
          </Button>
        </li>
      ))}
    </ul>
  )
  return (
    <div className="flex flex-col gap-4 px-2 py-3">
      {installed.length > 0
        ? list(installed)
        : development.length === 0 && (
            <p className="px-3 text-ink-2">
              No wallet has announced itself in this browser. Install one, such as MetaMask or Rabby, then load this
              page again.
            </p>
          )}
      {development.length > 0 && (
        <section aria-label="Development wallets">
          <div className="flex flex-col items-start gap-2 px-3 pb-2">
            <Pill meaning="wait">Test keys, never for real money</Pill>
            <p className="text-12 text-ink-3">
              Accounts of the local chain with published keys. They sign without asking; your own wallet always asks.
            </p>
          </div>
          {list(development)}
        </section>
      )}
    </div>
  )
}
