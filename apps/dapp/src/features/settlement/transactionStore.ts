import { createStore } from '../shell/createStore.ts'
import type { Transaction } from './transactionStep.ts'

/** The transactions of this visit, newest first. They go on while one looks at other pages. */
export const transactionStore = createStore<readonly Transaction[]>([])

let lastId = 0

/** Adds a transaction and answers a function that changes it. */
export function addTransaction(
  kind: Transaction['kind'],
  amount: bigint | null,
): (change: Partial<Transaction>) => void {
  const id = ++lastId
  const created: Transaction = { id, kind, amount, step: 'signing', hash: null, block: null, failure: null }
  transactionStore.set((list) => [created, ...list].slice(0, 20))
  return (change) =>
    transactionStore.set((list) => list.map((entry) => (entry.id === id ? { ...entry, ...change } : entry)))
}
