import { readFile } from 'node:fs/promises'

export interface LoggedRequest {
  /** The origin of the document or worker that asked. */
  readonly initiator: string
  readonly url: URL
}

/**
 * What has left a Chromium over the network by its own log (`namesFile`), once it is closed: of pages, frames and workers,
 * and what has outlived them. Its own business, which no page began, is left out.
 */
export const requestsIn = async (file: string): Promise<LoggedRequest[]> =>
  [...(await readFile(file, 'utf8')).matchAll(/"initiator":"([^"]+)"[^\n]*?"url":"([^"]+)"/g)]
    .map(([, initiator = '', url = '']) => ({ initiator, url: new URL(url) }))
    .filter(({ initiator }) => initiator !== 'not an origin')
