import { type Address, concat, encodeAbiParameters, type Hex, keccak256 } from 'viem'

/** A Merkle tree as OpenZeppelin's `MerkleProof` checks it: sorted pairs, an odd node moves up. */
export type MerkleTree = { root: Hex; proofOf(index: number): Hex[] }

/** Leaves are double hashes of (account, cumulative), so that no inner node can pass for one. */
export function merkleTree(rows: ReadonlyArray<{ account: Address; cumulative: bigint }>): MerkleTree {
  const leaves = rows.map(({ account, cumulative }) =>
    keccak256(keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [account, cumulative]))),
  )
  const levels: Hex[][] = [leaves]
  for (let level = leaves; level.length > 1; ) {
    const above: Hex[] = []
    for (let index = 0; index < level.length; index += 2) above.push(pair(level[index], level[index + 1]))
    levels.push(above)
    level = above
  }
  return {
    root: levels.at(-1)?.[0] ?? '0x',
    proofOf(index) {
      const proof: Hex[] = []
      let place = index
      for (const level of levels) {
        const sibling = level[place ^ 1]
        if (sibling !== undefined) proof.push(sibling)
        place >>= 1
      }
      return proof
    },
  }
}

function pair(left: Hex | undefined, right: Hex | undefined): Hex {
  if (left === undefined) throw new Error('a pair has a left part')
  if (right === undefined) return left
  return keccak256(left.toLowerCase() < right.toLowerCase() ? concat([left, right]) : concat([right, left]))
}
