import { UsageError } from '../UsageError.ts'
import type { Finding } from './Finding.ts'
import { judgeHost } from './judgeHost.ts'
import { judgePage } from './judgePage.ts'
import { judgeSight } from './judgeSight.ts'
import { judgeSite } from './judgeSite.ts'
import { lookInChromium } from './lookInChromium.ts'
import { readHost } from './readHost.ts'
import { type Embedding, readPage } from './readPage.ts'

export interface ExamineOptions {
  readonly bridgeUrl: string | null
  readonly siteKey: string | null
  /** Path of Chromium; null: do not start it. */
  readonly chromium: string | null
}

export interface Examination {
  readonly url: string
  readonly bridgeUrl: string
  readonly siteKey: string | null
  readonly findings: readonly Finding[]
}

/**
 * Looks at a page that embeds the worker, at what the worker's operator serves, and at what the server knows of the site.
 *
 * @throws {UsageError} Where there is no page, or no worker in it.
 */
export const examine = async (address: string, options: ExamineOptions): Promise<Examination> => {
  const page = await readPage(address)
  const sight = options.chromium === null ? null : await lookInChromium(page.url, options.chromium)
  const embedding = embeddingOf(page.embedding, sight?.frame ?? null, options)
  if (embedding === null) {
    throw new UsageError(
      `No worker was found in ${page.url.href}. Where a script of the page makes it: --bridge https://... --site-key obs_...`,
    )
  }
  const host = await readHost(embedding.bridgeUrl)
  return {
    url: page.url.href,
    bridgeUrl: embedding.bridgeUrl.origin,
    siteKey: embedding.siteKey,
    findings: [
      ...judgePage(page, embedding),
      ...judgeHost(host),
      ...(host.config === null ? [] : await judgeSite(host.config, embedding.siteKey, page.url)),
      ...(options.chromium === null ? [] : [judgeSight(sight)]),
    ],
  }
}

/** As the page's HTML has it; else as a browser saw it; what was given on the command line comes first. */
const embeddingOf = (
  written: Embedding | null,
  frame: URL | null,
  { bridgeUrl, siteKey }: ExamineOptions,
): Embedding | null => {
  const given = bridgeUrl ?? written?.bridgeUrl.href ?? frame?.origin ?? null
  if (given === null) return null
  if (!URL.canParse(given)) throw new UsageError('--bridge takes an origin: https://bridge.example')
  const none = { script: null, nonce: null, integrity: null, crossorigin: false, siteKey: null }
  return {
    ...(written ?? { ...none, kind: 'module' as const }),
    bridgeUrl: new URL(new URL(given).origin),
    siteKey: siteKey ?? written?.siteKey ?? (frame?.hash.slice(1) || null),
  }
}
