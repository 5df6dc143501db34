import { useEffect, useRef, useSyncExternalStore } from 'react'

/** Any worker of this package: `createWorker`'s or `embedWorker`'s. */
interface Stateful<S, E extends { state: S }> {
  readonly state: S
  readonly on: <N extends keyof E>(name: N, listener: (event: E[N]) => void) => () => void
}

/**
 * The worker's state; the component renders anew with each.
 *
 * @example
 * const { status } = useWorkerState(worker)
 */
export const useWorkerState = <S, E extends { state: S }>(worker: Stateful<S, E>): S =>
  useSyncExternalStore(
    (changed) => worker.on('state', changed),
    () => worker.state,
    () => worker.state,
  )

/** Calls the newest `listener` for each event of that name, as long as the component is there. */
export const useWorkerEvent = <S, E extends { state: S }, N extends keyof E>(
  worker: Stateful<S, E>,
  name: N,
  listener: (event: E[N]) => void,
): void => {
  const newest = useRef(listener)
  useEffect(() => {
    newest.current = listener
  })
  useEffect(() => worker.on(name, (event) => newest.current(event)), [worker, name])
}
