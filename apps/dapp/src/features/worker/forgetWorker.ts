import { defaultLimits } from '@oblivion/sdk'
import { withdrawConsent } from './consent.ts'
import { changeLimits } from './limits.ts'
import { stopWorker } from './workerControl.ts'
import { restingWorker } from './workerLog.ts'
import { workerStore } from './workerStore.ts'

/** Stops the worker of this tab, gives its job back, and leaves nothing of it in this browser but what is by default. */
export async function forgetWorker(): Promise<void> {
  await stopWorker()
  withdrawConsent()
  changeLimits(defaultLimits)
  workerStore.set(restingWorker)
}
