import { type Asset, chunkStateOf } from '@oblivion/core'
import { formatAddress } from '../format/formatAddress.ts'
import { formatMoney } from '../format/formatAmount.ts'
import { formatTime } from '../format/formatTime.ts'
import type { ResultFacts } from './taskPicture.ts'

/** What the line under the grid says of one chunk that has not failed. People count from one. */
export function chunkDetail(
  index: number,
  letter: string,
  facts: ResultFacts | undefined,
  noun: string,
  asset: Asset,
): string {
  const name = `${noun} ${index + 1}`
  switch (chunkStateOf(letter)) {
    case 'completed': {
      if (!facts) return `${name}: done. Its result is being fetched.`
      const by = `done by ${formatAddress(facts.provider)} at ${formatTime(new Date(facts.acceptedAt))}`
      const paid = `attempt ${facts.attempt}, ${formatMoney(facts.reward, asset)} to the worker`
      return `${name}: ${by}, ${paid}${facts.readable ? '.' : '. Its result cannot be drawn.'}`
    }
    case 'processing':
      return `${name}: a worker computes it now.`
    case 'pending':
      return `${name}: waits for a worker, its first or another one where others failed.`
    case 'blocked':
      return `${name}: waits, for its planning, for an earlier stage, or for you to resume the task.`
    case 'failed':
      return `${name}: failed.`
    case 'cancelled':
      return `${name}: cancelled. It costs nothing.`
    default:
      return `${name}: unknown.`
  }
}
