import type { Asset } from '@oblivion/core'
import { printable } from '../printable.ts'
import type { FailedChunk } from './eachFailure.ts'
import { moneyText } from './moneyText.ts'

const MOST = 400

/** A stranger's text on one line of a terminal, with a mark where it was cut. */
export const quoted = (text: string): string =>
  printable(JSON.stringify(text.length > MOST ? `${text.slice(0, MOST)}…` : text))

/** Said once beside failures: a task's page and a worker's log count otherwise. */
export const countedFrom = 'Chunks are counted from 0 here, as in files of results, and from 1 on the task’s page.'

/** One line for people. */
export const failureText = ({ chunkIndex, confirmed }: FailedChunk, asset: Asset): string =>
  confirmed === null
    ? `chunk ${chunkIndex} failed; no two owners confirm why, so it is not paid`
    : `chunk ${chunkIndex} failed: ${quoted(confirmed.error)}, say two owners; ${confirmed.provider} was paid ${moneyText(confirmed.reward, asset)}`

/** The same for machines: `failed` tells it from a result. */
export const failureJson = ({ chunkIndex, confirmed }: FailedChunk) => ({
  failed: true,
  ...(confirmed ?? { chunkIndex, error: null }),
})
