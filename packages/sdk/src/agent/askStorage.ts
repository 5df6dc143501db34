export interface NodeAddress {
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly nodeKey: string
}

/** Asks Storage as a node, which shows its key to it and to nobody else. Rejects where it cannot be reached. */
export const askStorage = (
  { supabaseUrl, supabaseKey, nodeKey }: NodeAddress,
  path: string,
  init: RequestInit,
): Promise<Response> =>
  fetch(`${supabaseUrl}/storage/v1/object/${path}`, {
    headers: {
      apikey: supabaseKey,
      authorization: `Bearer ${supabaseKey}`,
      'x-node-key': nodeKey,
      'content-type': 'application/json',
    },
    credentials: 'omit',
    redirect: 'error',
    ...init,
  })

/** Whether Storage took an object, or has had it already: under a name that stands for its bytes that is the same. */
export const tookIt = async (response: Response): Promise<boolean> => {
  if (response.ok) return true
  const answer = (await response.json().catch(() => null)) as { statusCode?: unknown } | null
  return answer?.statusCode === '409'
}
