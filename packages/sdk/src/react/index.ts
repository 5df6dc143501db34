import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { EmbeddedWorker, EmbedEvents } from '../embed/embedWorker.ts'
import type { OblivionWorker, WorkerEvents } from '../page/createWorker.ts'

/** Any worker of this package: `createWorker`'s or `embedWorker`'s. */
type AnyWorker = OblivionWorker | EmbeddedWorker
/** The events of that very worker, by name. */
type EventsOf<W extends AnyWorker> = W extends OblivionWorker ? WorkerEvents : EmbedEvents

/** TypeScript cannot call a method of two generic signatures. */
const listen = <W extends AnyWorker, N extends keyof EventsOf<W>>(
  worker: W,
  name: N,
  listener: (event: EventsOf<W>[N]) => void,
): (() => void) => (worker.on as (event: N, listener: (event: EventsOf<W>[N]) => void) => () => void)(name, listener)

/**
 * The worker's state; the component renders anew with each.
 *
 * @example
 * const { status } = useWorkerState(worker)
 */
export const useWorkerState = <W extends AnyWorker>(worker: W): W['state'] =>
  useSyncExternalStore(
    (changed) => listen(worker, 'state', changed),
    () => worker.state,
    () => worker.state,
  )

/** Calls the newest `listener` for each event of that name, as long as the component is there. */
export const useWorkerEvent = <W extends AnyWorker, N extends keyof EventsOf<W>>(
  worker: W,
  name: N,
  listener: (event: EventsOf<W>[N]) => void,
): void => {
  const newest = useRef(listener)
  useEffect(() => {
    newest.current = listener
  })
  useEffect(() => listen(worker, name, (event) => newest.current(event)), [worker, name])
}
