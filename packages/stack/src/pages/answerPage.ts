import type { Site, SiteFile } from './loadSite.ts'

/** One origin that serves pages. */
export type Origin = {
  /** The only Host that it answers: any other name that leads here is somebody's rebinding. */
  host: string
  site: Site
  headers: Readonly<Record<string, string>>
  /** Paths with headers of their own, in place of those. */
  others?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Answers `/index.html` for paths that only the app's own router knows. */
  singlePage: boolean
}

export type PageRequest = { method: string; host: string | undefined; target: string }
export type PageAnswer = { status: number; headers: Record<string, string>; body: Buffer | string }

const plain = (status: number, body: string, headers: Record<string, string> = {}): PageAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  body: `${body}\n`,
})

/** A route of the app: plain words, no dot, so no file name ever is one. */
const ROUTE = /^(?:\/[A-Za-z0-9_-]+)*\/?$/

/** Vite names what lies in /assets by its content, the SDK the script of its embed. */
const NAMED_BY_CONTENT = /^\/(?:assets\/|embed\/[0-9a-f]{16}\.js$)/

/** Decides what one request gets. Pure: the whole site is in memory, and paths are looked up, never opened. */
export const answerPage = (origin: Origin, { method, host, target }: PageRequest): PageAnswer => {
  if (host !== origin.host) return plain(403, `This server answers http://${origin.host} only.`)
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD.', { allow: 'GET, HEAD' })
  const path = target.split(/[?#]/, 1)[0] ?? ''
  const file = findFile(origin, path)
  if (file === undefined) return plain(404, 'Not found.', origin.headers)
  const headers = {
    ...(origin.others?.[path] ?? origin.headers),
    'content-type': file.contentType,
    'cache-control': NAMED_BY_CONTENT.test(path) ? 'public, max-age=31536000, immutable' : 'no-store',
  }
  return { status: 200, headers, body: file.body }
}

const findFile = ({ site, singlePage }: Origin, path: string): SiteFile | undefined => {
  const file = site.get(path)
  if (file !== undefined) return file
  return singlePage && ROUTE.test(path) ? site.get('/index.html') : undefined
}
