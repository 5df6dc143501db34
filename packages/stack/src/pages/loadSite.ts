import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

/** One file of a site, in memory. */
export type SiteFile = { body: Buffer; contentType: string }

/** Every URL path that a site answers, and nothing else: what is not in the map cannot be asked for. */
export type Site = ReadonlyMap<string, SiteFile>

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '': 'text/plain; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
}

/**
 * Reads a built folder into memory: plain files only, no name that begins with a dot, no link.
 *
 * A server that looks paths up in this map has no file system behind it, so no spelling of a path leads out of the
 * folder; and a rebuild under a running stack cannot serve half a site.
 *
 * @param only which files, by their path from the folder; all when left out
 */
export const loadSite = (folder: string, only: (path: string) => boolean = () => true): Site => {
  const site = new Map<string, SiteFile>()
  const walk = (prefix: string): void => {
    for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const path = `${prefix}${entry.name}`
      if (entry.isDirectory()) walk(`${path}/`)
      else if (entry.isFile() && only(path)) site.set(`/${path}`, readFile(join(folder, path)))
    }
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) walk('')
  return site
}

const readFile = (file: string): SiteFile => {
  const extension = extname(file).slice(1)
  return { body: readFileSync(file), contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream' }
}
