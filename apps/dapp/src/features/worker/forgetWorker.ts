import { withdrawConsent } from './consent.ts'
import { forgetHardwareId } from './hardwareId.ts'
import { forgetLimits } from './limits.ts'
import { stopWorker } from './workerControl.ts'
import { restingWorker } from './workerLog.ts'
import { workerStore } from './workerStore.ts'

/** Stops the worker of this tab, gives its job back, and leaves nothing of it in this browser. */
export async function forgetWorker(): Promise<void> {
  await stopWorker()
  withdrawConsent()
  forgetLimits()
  forgetHardwareId()
  workerStore.set(restingWorker)
}
