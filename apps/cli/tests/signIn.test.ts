import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isTransient } from '@oblivion/client'
import { OblivionError } from '@oblivion/core'
import { generatePrivateKey } from 'viem/accounts'
import { expect, test } from 'vitest'
import { signIn } from '../src/worker/signIn.ts'

const options = {
  ...{ supabaseKey: 'k', privateKey: generatePrivateKey(), origin: 'https://dapp.example', chainId: 1 },
} as const
const left = new AbortController()
const cases: [string, (response: ServerResponse) => unknown, string, boolean, RegExp][] = [
  ['a line that is cut', (response) => response.destroy(), 'OB101', true, /cannot be reached/],
  ['a body that is cut', (response) => response.write('{', () => response.destroy()), 'OB101', true, /reached/],
  ['a caller who gives up', () => left.abort(), 'OB103', false, /given up/],
  ['a proxy’s page', (response) => response.writeHead(502).end('<html>'), 'OB104', true, /refused: 502/],
  ['too many', (response) => response.writeHead(429).end('{"msg":"slow down"}'), 'OB104', true, /slow down/],
  ['a refusal', (response) => response.writeHead(403).end('{"msg":"bad origin"}'), 'OB001', false, /bad origin/],
]

test.each(cases)(
  'a sign-in that meets %s says so, and whether it may be tried again',
  async (_, answer, code, again, words) => {
    const server = createServer((_, response) => void answer(response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const supabaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const error = await signIn({ ...options, supabaseUrl }, left.signal.aborted ? undefined : left.signal).catch(
      (cause: unknown) => cause,
    )
    server.closeAllConnections()
    server.close()
    expect(error).toBeInstanceOf(OblivionError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) })
    expect(isTransient(error)).toBe(again)
  },
)
