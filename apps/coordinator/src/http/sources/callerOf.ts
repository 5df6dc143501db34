import { type Client, createClient } from '@oblivion/client'
import type { Project } from '../../wallet/createWallets.ts'
import { bearerOf } from '../refusals.ts'

type Asked = { req: { header(name: string): string | undefined } }

/**
 * The database as whoever asks: its session, its API key, its node key, each as it came and no other (A5).
 *
 * @throws {ApiKeyInvalidError} `OB030`, {NodeKeyInvalidError} `OB004` for a key that no header can carry
 */
export function callerOf(project: Project, { req }: Asked): Client {
  const token = bearerOf(req.header('authorization'))
  const [apiKey, nodeKey] = [req.header('x-api-key'), req.header('x-node-key')]
  return createClient({ ...project, accessToken: async () => token, apiKey, nodeKey })
}

/** The database as nobody: for what everybody may see, whatever they send along. */
export const nobody = (project: Project): Client => createClient({ ...project })

/** Who may be let through a door, for `createRoute`. */
export const by = {
  customer: [{ session: [] }, { apiKey: [] }],
  node: [{ nodeKey: [] }, { session: [] }],
  wallet: [{ session: [] }],
  operator: [{ operator: [] }],
}
