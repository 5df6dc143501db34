import { expose } from 'comlink'

/** What a worker says when its functions can be called: while it lives it holds the lock that bears its name ... */
export const LOCKED = 'oblivion:up:locked'
/** ... or it was denied that. */
export const UNLOCKED = 'oblivion:up'
/** What it says again and again from then on. */
export const PULSE = 'oblivion:pulse'
export const PULSE_MS = 1000

/**
 * The worker's side of `connectWorker`: takes the lock that bears the worker's name for as long as it lives, offers its
 * functions, and says so.
 *
 * A browser that is set to keep nothing in frames of other sites denies locks as well, to the worker, its owner or both;
 * then the pulse has to do.
 */
export const exposeToOwner = (api: object, scope: DedicatedWorkerGlobalScope): void => {
  const open = (up: string): void => {
    expose(api, scope)
    scope.postMessage(up)
    setInterval(() => scope.postMessage(PULSE), PULSE_MS)
  }
  scope.navigator.locks
    .request(scope.name, () => {
      open(LOCKED)
      return new Promise<never>(() => {})
    })
    .catch(() => open(UNLOCKED))
}
