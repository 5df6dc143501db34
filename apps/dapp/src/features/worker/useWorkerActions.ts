import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell, tellError } from '../shell/tell.ts'
import { withdrawConsent } from './consent.ts'

/** What a press may ask of the worker; a failure is told in words. */
export function useWorkerActions(address: `0x${string}`) {
  const config = useConfig()
  const attempt = async (tried: string, action: () => Promise<void>) => {
    try {
      await action()
    } catch (error) {
      tellError(errorSentence(error, tried))
    }
  }
  const control = () => import('./workerControl.ts')
  const start = () => void attempt('Starting the worker', async () => (await control()).startWorker(config, address))
  const stop = () => void attempt('Stopping the worker', async () => (await control()).stopWorker())
  return {
    start,
    stop,
    finish: () => void attempt('Finishing the job', async () => (await control()).finishWorker()),
    withdraw() {
      stop()
      withdrawConsent()
      tell('Consent taken back. Nothing runs in this browser until you enable the worker again.')
    },
  }
}
