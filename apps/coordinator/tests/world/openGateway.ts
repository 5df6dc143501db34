import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PrivateKeyAccount } from 'viem'
import { createSiweMessage } from 'viem/siwe'
import { inject } from 'vitest'
import { signApiKey } from '../../../../packages/stack/src/gateway/auth/signApiKey.ts'
import { startGateway } from '../../../../packages/stack/src/gateway/startGateway.ts'
import type { World } from './createWorld.ts'

const page = 'http://localhost:5173'
const jwtSecret = 'a secret of a test that is long enough'

/** The API of a world, and sign-ins through it. */
export async function openGateway(world: World) {
  const { passwords } = inject('cluster')
  const urlOf = (role: keyof typeof passwords) => {
    const url = new URL(world.database.superuserUrl)
    url.username = role
    url.password = passwords[role]
    return url.href
  }
  const storageFolder = await mkdtemp(join(tmpdir(), 'oblivion-cards-'))
  const anonKey = await signApiKey({ jwtSecret, role: 'anon' })
  const gateway = await startGateway({
    port: 0,
    databases: {
      authenticator: urlOf('authenticator'),
      authAdmin: urlOf('supabase_auth_admin'),
      storageAdmin: urlOf('supabase_storage_admin'),
      realtimeAdmin: urlOf('supabase_realtime_admin'),
    },
    ...{ jwtSecret, storageFolder, allowedOrigins: [page], signInOrigins: [page] },
  })
  return {
    url: gateway.url,
    anonKey,
    serviceRoleKey: await signApiKey({ jwtSecret, role: 'service_role' }),
    /** The token of somebody who signed in as nobody. */
    async signInAnonymously(): Promise<string> {
      const answer = await fetch(`${gateway.url}/auth/v1/signup`, {
        method: 'POST',
        headers: { apikey: anonKey, 'content-type': 'application/json' },
        body: '{}',
      })
      if (!answer.ok) throw new Error(`the anonymous sign-in was refused: ${await answer.text()}`)
      return ((await answer.json()) as { access_token: string }).access_token
    },
    /** The token of a wallet that has signed in. */
    async signIn(account: PrivateKeyAccount): Promise<string> {
      const message = createSiweMessage({
        ...{ address: account.address, chainId: 31_337, domain: new URL(page).host, nonce: 'a1b2c3d4e5f6', uri: page },
        ...{ version: '1', statement: 'Sign in to Oblivion.', issuedAt: new Date() },
      })
      const answer = await fetch(`${gateway.url}/auth/v1/token?grant_type=web3`, {
        method: 'POST',
        headers: { apikey: anonKey, 'content-type': 'application/json' },
        body: JSON.stringify({ chain: 'ethereum', message, signature: await account.signMessage({ message }) }),
      })
      if (!answer.ok) throw new Error(`the sign-in was refused: ${await answer.text()}`)
      return ((await answer.json()) as { access_token: string }).access_token
    },
    async end() {
      await gateway.close()
      await rm(storageFolder, { recursive: true })
    },
  }
}
