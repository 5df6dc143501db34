import { type Client, getProgram } from '@oblivion/client'
import { sha256Hex, UnexpectedAnswerError } from '@oblivion/core'

type DownloadParameters = { hash: string; signal: AbortSignal }

/**
 * Reads back a customer's own program as the file that it was, held against its hash.
 *
 * @throws {UnexpectedAnswerError} `OB105` where the bytes have another hash.
 */
export async function downloadProgram(client: Client, { hash, signal }: DownloadParameters): Promise<Blob> {
  const { kind, source } = await getProgram(client, { hash, signal })
  if (sha256Hex(source) !== hash) throw new UnexpectedAnswerError({ values: { call: 'get_program', field: 'source' } })
  return new Blob([source], { type: kind === 'js' ? 'text/javascript' : 'application/wasm' })
}
