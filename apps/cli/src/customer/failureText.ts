import type { Asset } from '@oblivion/core'
import type { FailedChunk } from './eachFailure.ts'
import { moneyText } from './moneyText.ts'
import { printable } from './printable.ts'

const MOST = 400

/** A stranger's text on one line of a terminal, with a mark where it was cut. */
export const quoted = (text: string): string =>
  printable(JSON.stringify(text.length > MOST ? `${text.slice(0, MOST)}…` : text))

/** One line for people. Chunks are counted from 0, as files of results and `--after` do. */
export const failureText = ({ chunkIndex, confirmed }: FailedChunk, asset: Asset): string =>
  confirmed === null
    ? `chunk ${chunkIndex} failed; no two owners confirm why, so it is not paid`
    : `chunk ${chunkIndex} failed: ${quoted(confirmed.error)}, say two owners; ${confirmed.provider} was paid ${moneyText(confirmed.reward, asset)}`

/** The same for machines: `failed` tells it from a result. */
export const failureJson = ({ chunkIndex, confirmed }: FailedChunk) => ({
  failed: true,
  ...(confirmed ?? { chunkIndex, error: null }),
})
