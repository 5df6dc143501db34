import { Page } from '../features/elements/Page.tsx'
import { useConfig } from '../features/shell/ConfigContext.tsx'
import { useStore } from '../features/shell/createStore.ts'
import { errorSentence } from '../features/shell/errorSentence.ts'
import { tellError } from '../features/shell/tell.ts'
import { SignInGate } from '../features/wallet/SignInGate.tsx'
import { useWallet } from '../features/wallet/useWallet.ts'
import { signedInAddress } from '../features/wallet/walletStore.ts'
import { Consent } from '../features/worker/Consent.tsx'
import { consentStore, giveConsent } from '../features/worker/consent.ts'
import { WorkerPanel } from '../features/worker/WorkerPanel.tsx'

/** Put this tab to work and watch it. */
export function WorkerPage() {
  const config = useConfig()
  const wallet = useWallet()
  const consent = useStore(consentStore)

  if (consent === null) {
    return (
      <Consent
        wallet={wallet}
        onEnable={(address) => {
          giveConsent(new Date())
          import('../features/worker/workerControl.ts')
            .then(({ startWorker }) => startWorker(config, address))
            .catch((error: unknown) => tellError(errorSentence(error, 'Starting the worker')))
        }}
      />
    )
  }
  const address = signedInAddress(wallet)
  if (address === null) {
    return (
      <Page title="Worker" sentence="Your worker needs a wallet to earn for.">
        <SignInGate purpose="start your worker">{() => null}</SignInGate>
      </Page>
    )
  }
  return <WorkerPanel address={address} />
}
