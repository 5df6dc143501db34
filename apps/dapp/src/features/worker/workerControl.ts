import { CallAbortedError } from '@oblivion/core'
import { createWorker, type OblivionWorker } from '@oblivion/sdk'
import type { Config } from '../shell/config.ts'
import { accessToken } from '../wallet/accessToken.ts'
import { walletAddress, walletStore } from '../wallet/walletStore.ts'
import { hardwareId } from './hardwareId.ts'
import { limitsStore } from './limits.ts'
import { isLive, recordReport, recordState } from './workerLog.ts'
import { workerStore } from './workerStore.ts'

let running: OblivionWorker | null = null
limitsStore.subscribe(() => running?.setLimits(limitsStore.get()))

/**
 * Starts the worker of this tab for a signed-in wallet. Call it only after consent. A second call while it runs
 * changes nothing.
 */
export async function startWorker(config: Config, address: `0x${string}`): Promise<void> {
  if (running && isLive(workerStore.get().state)) return
  const worker = createWorker({
    supabaseUrl: config.supabaseUrl,
    supabaseKey: config.anonKey,
    bridgeUrl: config.bridgeUrl,
    session: () => accessToken(config, address),
    hardwareId: hardwareId(),
    limits: limitsStore.get(),
  })
  running = worker
  workerStore.set((view) => ({ ...view, address, log: view.address === address ? view.log : [] }))
  worker.on('state', (state) =>
    workerStore.set((view) => ({ ...recordState(view, state, Date.now()), nodeId: worker.nodeId })),
  )
  worker.on('share', (share) => workerStore.set((view) => ({ ...view, share })))
  worker.on('job', (report) => workerStore.set((view) => recordReport(view, report, Date.now())))
  const off = walletStore.subscribe(() => {
    const wallet = walletStore.get()
    const other = walletAddress(wallet) !== address
    // Another account, or none: what would be earned from here on would surprise somebody.
    if (other && wallet.status !== 'restoring') void stopWorker()
    if (other) off()
  })
  try {
    await worker.start()
  } catch (error) {
    off()
    // Stopped while it was starting: that is what was asked for. Failed: the worker's own state says so already.
    if (!(error instanceof CallAbortedError) && worker.state.status !== 'failed') throw error
  }
}

/** Completes the job at hand, then stops. */
export async function finishWorker(): Promise<void> {
  await running?.finish()
}

/** Gives the job back and stops, now. */
export async function stopWorker(): Promise<void> {
  const worker = running
  running = null
  await worker?.stop()
}
