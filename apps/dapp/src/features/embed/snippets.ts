/** What a site's owner pastes, in each of the ways there are. */
export type SnippetKind = 'tag' | 'element' | 'module' | 'frame'

export type SnippetFacts = {
  bridgeUrl: string
  siteKey: string
  /** Path and hash of the script under its immutable name; null until they are known. */
  script: { src: string; integrity: string } | null
}

/** The code, as it stands in a page. */
export function snippet(kind: SnippetKind, { bridgeUrl, siteKey, script }: SnippetFacts): string {
  switch (kind) {
    case 'tag':
      return [
        `<script async src="${bridgeUrl}${script?.src ?? '/embed.js'}"`,
        ...(script ? [`  integrity="${script.integrity}"`, '  crossorigin="anonymous"'] : []),
        `  data-site-key="${siteKey}"></script>`,
      ].join('\n')
    case 'element':
      return [
        "import { defineOblivionWorker } from '@oblivion/sdk/element'",
        'defineOblivionWorker()',
        '',
        '// where it shall stand:',
        `<oblivion-worker site-key="${siteKey}"`,
        `  bridge-url="${bridgeUrl}"></oblivion-worker>`,
      ].join('\n')
    case 'module':
      return [
        "import { embedWorker } from '@oblivion/sdk/embed'",
        '',
        'const worker = embedWorker({',
        `  siteKey: '${siteKey}',`,
        `  bridgeUrl: '${bridgeUrl}',`,
        '})',
        'await worker.start()',
      ].join('\n')
    case 'frame':
      return [
        `<iframe src="${bridgeUrl}/embed.html#${siteKey}"`,
        '  width="344" height="440" style="border:0" allow="battery"',
        '  title="Oblivion: computing on this page"></iframe>',
      ].join('\n')
  }
}

/** How the package is made, which no registry has yet; it says how it is installed. */
export const packCommand = 'npx -y pnpm@12.21.0 pack:sdk'

/** What a page with a Content-Security-Policy has to add to it. */
export function headersFor(kind: SnippetKind, bridgeUrl: string): string[] {
  const origin = new URL(bridgeUrl).origin
  return [...(kind === 'tag' ? [`script-src ${origin}`] : []), `frame-src ${origin}`]
}
