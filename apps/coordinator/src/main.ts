import { OblivionError } from '@oblivion/core'
import { readConfiguration } from './configuration/readConfiguration.ts'
import { createLogger } from './log/createLogger.ts'
import { sleep } from './loop/sleep.ts'
import { RefusalError } from './RefusalError.ts'
import { startCoordinator } from './startCoordinator.ts'

const STOP_WITHIN_MS = 4_000

try {
  const configuration = readConfiguration(process.env)
  const log = createLogger(configuration.logLevel)
  const stopping = new AbortController()
  const stop = () => {
    if (stopping.signal.aborted) return
    stopping.abort()
    // A step that hangs (a receipt, a query) must not keep the process: every step may be cut off anywhere.
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // The supervisor is gone.
  process.on('disconnect', stop)

  const coordinator = await startCoordinator({ configuration, log, signal: stopping.signal, now: Date.now, sleep })
  log.info({ port: coordinator.port, settler: configuration.settler.address }, 'coordinator listens')
  process.send?.({ type: 'ready', port: coordinator.port })
  await coordinator.ended
  // An open channel to the supervisor would keep the process alive.
  if (process.connected) process.disconnect()
} catch (error) {
  if (!(error instanceof RefusalError || error instanceof OblivionError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
