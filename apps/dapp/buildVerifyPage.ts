import { readFile } from 'node:fs/promises'
import { build, type Plugin, type Rollup } from 'vite'

const here = (path: string): string => new URL(path, import.meta.url).pathname

/**
 * The page that checks earnings, as one file without anything beside it: it is saved and opened from a disk, where a
 * module of its own could not be loaded and no server of ours is asked.
 */
export async function buildVerifyPage(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
      lib: { entry: here('src/verify/main.ts'), formats: ['iife'], name: 'verify', cssFileName: 'verify' },
    },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput
  const script = output.find((file) => file.type === 'chunk')?.code ?? ''
  const style = output.find((file) => file.type === 'asset' && file.fileName.endsWith('.css'))
  const css = style?.type === 'asset' ? String(style.source) : ''
  const page = await readFile(here('src/verify/page.html'), 'utf8')
  // By functions: a dollar sign in the code is no pattern. A closing tag within it would end the script.
  return page
    .replace('/* style */', () => css)
    .replace('/* script */', () => script.replaceAll('</script', '<\\/script'))
}

/** Puts it beside the dApp, which offers it to be saved. */
export function verifyPage(): Plugin {
  return {
    name: 'verify-page',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'verify.html', source: await buildVerifyPage() })
    },
  }
}
