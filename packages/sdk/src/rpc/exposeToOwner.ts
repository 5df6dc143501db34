import { expose } from 'comlink'

/** What a worker says when its functions can be called. */
export const UP = 'oblivion:up'
/** What it says again and again where it may hold no lock. */
export const PULSE = 'oblivion:pulse'
export const PULSE_MS = 1000

/**
 * The worker's side of `connectWorker`: takes the lock that bears the worker's name for as long as it lives, offers its
 * functions, and says so.
 *
 * A browser that is set to keep nothing in frames of other sites denies locks as well; then a pulse has to do.
 */
export const exposeToOwner = (api: object, scope: DedicatedWorkerGlobalScope): void => {
  const open = (): void => {
    expose(api, scope)
    scope.postMessage(UP)
  }
  scope.navigator.locks
    .request(scope.name, () => {
      open()
      return new Promise<never>(() => {})
    })
    .catch(() => {
      open()
      setInterval(() => scope.postMessage(PULSE), PULSE_MS)
    })
}
