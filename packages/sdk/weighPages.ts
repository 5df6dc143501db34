import { gzipSync } from 'node:zlib'

/** What a browser loads in one go, and how much of it a server sends, gzipped. */
export interface Weight {
  readonly name: string
  readonly limit: number
  readonly files: Readonly<Record<string, number>>
  readonly total: number
}

/** A module and all that it imports at once; what comes by `import()` comes later. */
const withImports = (files: ReadonlyMap<string, string>, entry: string, found = new Set<string>()): Set<string> => {
  if (found.has(entry)) return found
  found.add(entry)
  for (const [, name = ''] of (files.get(entry) ?? '').matchAll(/(?:from|import)"\.\/([^"]+)"/g)) {
    withImports(files, name, found)
  }
  return found
}

const weigh = (files: ReadonlyMap<string, string>, name: string, limit: number, parts: readonly string[]): Weight => {
  const all = new Set(parts.flatMap((part) => [...withImports(files, part)]))
  const sizes = Object.fromEntries(
    [...all].map((part) => {
      const text = files.get(part)
      if (text === undefined) throw new Error(`${part} is not among the pages`)
      return [part, gzipSync(text, { level: 9 }).length]
    }),
  )
  return { name, limit, files: sizes, total: Object.values(sizes).reduce((sum, size) => sum + size, 0) }
}

/**
 * The budgets: all that a stranger's page loads until its visitor has agreed, and the whole worker. The nearest peer ships
 * 592 kB.
 */
export const weighPages = (files: ReadonlyMap<string, string>): readonly Weight[] => [
  weigh(files, 'the consent snippet', 6 * 1024, ['embed.js']),
  weigh(files, 'before the consent', 12 * 1024, ['embed.js', 'embed.html', 'frame.css', 'frame.js']),
  weigh(files, 'the worker', 15 * 1024, ['bridge.html', 'bridge.js', 'agent.js', 'sandbox.html']),
]
