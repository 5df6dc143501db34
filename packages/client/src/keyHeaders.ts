import { ApiKeyInvalidError, NodeKeyInvalidError } from '@oblivion/core'
import type { ClientOptions } from './openClient.ts'

/**
 * The headers by which a caller acts. A key that no header can carry is refused here: `fetch` would throw for it as it
 * does for a network that is away, and whoever repeats what may pass would do so for ever.
 *
 * @throws {ApiKeyInvalidError} `OB030`, {NodeKeyInvalidError} `OB004` where a key holds a line break or a sign that no key has.
 */
export const keyHeaders = ({ nodeKey, apiKey }: Pick<ClientOptions, 'nodeKey' | 'apiKey'>): Record<string, string> => {
  if (apiKey !== undefined && !isCarried(apiKey)) {
    const message = 'This is no API key: it holds a line break or a sign that no key has.'
    throw new ApiKeyInvalidError({
      message,
      hint: 'Give it whole and alone, as the Wallet page showed it: obk_ and 64 hexadecimal digits.',
      values: { reason: 'unknown' },
    })
  }
  if (nodeKey !== undefined && !isCarried(nodeKey)) {
    const message = 'This is no node key: it holds a line break or a sign that no key has.'
    throw new NodeKeyInvalidError({ message, hint: 'Give it whole and alone, as registering the node answered it.' })
  }
  return {
    ...(nodeKey === undefined ? {} : { 'x-node-key': nodeKey }),
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
  }
}

const isCarried = (key: string): boolean => {
  try {
    new Headers({ key })
    return true
  } catch {
    return false
  }
}
