/** How long after a block with transactions the chain makes it final: long enough to be seen as "in a block" first. */
const FINAL_AFTER_MS = 1_500

/** The copy of the state is waited for, but not for ever: a full disk must not stop the chain. */
const COPY_GRACE_MS = 4_000

/** What the watcher knows: the head, the newest block in the saved state, and the oldest block that waits for finality. */
export type FinalityFacts = {
  now: number
  saved: bigint
  /** First seen block with transactions that is not final yet, and when it was seen. */
  waiting: { block: bigint; since: number } | null
}

/**
 * Whether to mine two empty blocks now, which makes everything before them `finalized`.
 *
 * Automine alone never moves `finalized`. It waits until the block is in the saved state: what the ledger books at
 * `finalized` is then still on the chain after a power cut.
 */
export const isFinalityDue = ({ now, saved, waiting }: FinalityFacts): boolean => {
  if (waiting === null) return false
  const age = now - waiting.since
  return age >= FINAL_AFTER_MS && (saved >= waiting.block || age >= FINAL_AFTER_MS + COPY_GRACE_MS)
}
