import { expose } from 'comlink'

/** What a worker says when its functions can be called. */
export const UP = 'oblivion:up'

/**
 * The worker's side of `connectWorker`: takes the lock that bears the worker's name for as long as it lives, offers its
 * functions, and says so.
 */
export const exposeToOwner = (api: object, scope: DedicatedWorkerGlobalScope): void => {
  const forEver = new Promise<never>(() => {})
  scope.navigator.locks
    .request(scope.name, () => {
      expose(api, scope)
      scope.postMessage(UP)
      return forEver
    })
    .catch((error: unknown) => {
      // Rethrown outside of the promise, so that the owner's `error` event tells of it.
      setTimeout(() => {
        throw error
      })
    })
}
