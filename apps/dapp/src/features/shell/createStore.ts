import { useSyncExternalStore } from 'react'

/** A value that lives outside React: actions set it, screens subscribe. */
export type Store<Value> = {
  get: () => Value
  set: (next: Value | ((previous: Value) => Value)) => void
  subscribe: (listener: () => void) => () => void
}

/** @example const theme = createStore<'light' | 'dark'>('light') */
export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      const result = typeof next === 'function' ? (next as (previous: Value) => Value)(value) : next
      if (Object.is(result, value)) return
      value = result
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The store's value, for a component that follows it. */
export function useStore<Value>(store: Store<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get)
}
