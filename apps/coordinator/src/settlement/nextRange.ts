/** Public RPC endpoints refuse `eth_getLogs` over more blocks than some thousands. */
const MOST_BLOCKS = 1_000n

/** The blocks up to this one to read again, a bounded number, and the block before them; null where there is none. */
export function rangeBefore(
  toBlock: bigint,
  openedBlock: bigint,
): { fromBlock: bigint; toBlock: bigint; before: bigint | null } {
  const first = toBlock - MOST_BLOCKS + 1n
  if (first <= openedBlock) return { fromBlock: openedBlock, toBlock, before: null }
  return { fromBlock: first, toBlock, before: first - 1n }
}

/** The next blocks to book: from behind the cursor up to the finalized block, a bounded number; null where none is new. */
export function nextRange(cursorBlock: bigint, finalizedBlock: bigint): { fromBlock: bigint; toBlock: bigint } | null {
  const fromBlock = cursorBlock + 1n
  if (fromBlock > finalizedBlock) return null
  const last = cursorBlock + MOST_BLOCKS
  return { fromBlock, toBlock: last < finalizedBlock ? last : finalizedBlock }
}
