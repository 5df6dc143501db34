import { join } from 'node:path'
import { promisify } from 'node:util'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import webpack from 'webpack'

/** Bundles `<site>/<name>.js` to `<site>/out/<name>/main.js`, each with what a new project of that bundler has. */
type Bundle = (site: string, name: string) => Promise<unknown>

const viteBundle: Bundle = (site, name) =>
  vite({
    root: site,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: `out/${name}`,
      rolldownOptions: { input: join(site, `${name}.js`), output: { entryFileNames: 'main.js' } },
    },
  })

const webpackBundle: Bundle = async (site, name) => {
  const compiler = webpack({
    context: site,
    mode: 'production',
    entry: `./${name}.js`,
    output: { path: join(site, 'out', name), filename: 'main.js' },
  })
  const stats = await promisify(compiler.run.bind(compiler))()
  if (stats?.hasErrors() || stats?.hasWarnings()) throw new Error(stats.toString())
  await promisify(compiler.close.bind(compiler))()
}

const esbuildBundle: Bundle = (site, name) =>
  esbuild({
    absWorkingDir: site,
    entryPoints: [`${name}.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    outfile: join('out', name, 'main.js'),
    logLevel: 'error',
  })

export const bundlers = { vite: viteBundle, webpack: webpackBundle, esbuild: esbuildBundle }
