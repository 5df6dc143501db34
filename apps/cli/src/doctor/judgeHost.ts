import { createHash } from 'node:crypto'
import { headersOf } from '@oblivion/sdk/node'
import { readPolicies } from './contentPolicy.ts'
import { change, type Finding, ok } from './Finding.ts'
import type { Host, HostFile } from './readHost.ts'

type Templates = ReturnType<typeof headersOf>

/** Which headers each file is to have: those that the build writes into headers.json. */
const expected: readonly (readonly [file: keyof Host['files'], headers: keyof Templates])[] = [
  ['index.html', 'dapp'],
  ['embed.js', 'script'],
  ['embed.html', 'embed'],
  ['consent.html', 'embed'],
  ['bridge.html', 'bridge'],
  ['sandbox.html', 'sandbox'],
  ['embed/sandbox.html', 'embedSandbox'],
]

/** The files that the worker's operator serves, beside what this version of the SDK says of them. */
export const judgeHost = ({ bridgeUrl, config, dapp, files }: Host): readonly Finding[] => {
  if (config === null) {
    const says = `${bridgeUrl.origin}/config.json has no supabaseUrl, anonKey, sandboxUrl and dappUrl.`
    return [change('config.json', says, 'Is this the origin of the worker’s frame? Its operator has to mend it.')]
  }
  const api = new URL(config.supabaseUrl).origin
  const origins: Readonly<Record<string, string>> = {
    api,
    bridge: bridgeUrl.origin,
    sandbox: new URL(config.sandboxUrl).origin,
    dapp: new URL(config.dappUrl).origin,
    ...(dapp && {
      realtime: api.replace(/^http/, 'ws'),
      coordinator: new URL(dapp.apiUrl).origin,
      rpc: new URL(dapp.rpcUrl).origin,
      demo: dapp.embedDemoUrl === null ? '' : new URL(dapp.embedDemoUrl).origin,
    }),
  }
  const findings = expected.map(([file, kind]) => {
    const got = files[file]
    const check = file === 'index.html' ? 'dApp' : `${file}`
    if (check === 'dApp' && dapp === null)
      return change(check, `${origins.dapp}/config.json has no apiUrl and rpcUrl.`, 'Its operator has to mend it.')
    if (got === null) return change(check, `${check} does not come.`, 'Its operator has to serve it: see headers.json.')
    const wanted = Object.entries(headersOf(shimHashOf(got.body))[kind]).map(
      ([name, template]) =>
        [name, template.replace(/\{(\w+)\}/g, (whole, key: string) => origins[key] ?? whole)] as const,
    )
    const wrong = wanted.flatMap(([name, value]) => differenceOf(name, value, got))
    return wrong.length === 0
      ? ok(check, `${check} comes with the headers that it needs.`)
      : change(check, `${check} comes with other headers than this version writes.`, wrong.join('\n'))
  })
  return origins.sandbox === origins.bridge
    ? [change('origins', 'The sandbox has the origin of the frame.', 'Serve it from another one.'), ...findings]
    : findings
}

/** SHA-256 of the sandbox's one inline script, in base64. */
const shimHashOf = (body: string): string => {
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(body) ?? []
  return createHash('sha256').update(script).digest('base64')
}

/** What is to be sent instead, or nothing. */
const differenceOf = (name: string, wanted: string, { headers }: HostFile): string[] => {
  const got = headers.get(name)
  const same = name === 'Content-Security-Policy' ? samePolicy(got ?? '', wanted) : normal(got ?? '') === normal(wanted)
  return same ? [] : [`${name}: ${wanted}`]
}

const normal = (text: string): string => text.toLowerCase().replace(/\s+/g, '')

/** The order of directives and sources means nothing; a directive that is missing or wider does. */
const samePolicy = (got: string, wanted: string): boolean => written(got) === written(wanted)
const written = (header: string): string =>
  readPolicies(header)
    .map((policy) =>
      [...policy]
        .map(([name, sources]) => [name, ...[...new Set(sources)].sort()].join(' '))
        .sort()
        .join('; '),
    )
    .join(', ')
