import type { WorkerSettings } from './readWorkerSettings.ts'

const notOffered =
  'This node is registered without customers’ programs, so it is offered none. Register it again with --strangers-programs, or under Add a machine with its tick.'
const givenBack =
  'This node is registered for customers’ programs too, and gives each of them back: start it with --strangers-programs.'

/**
 * What is wrong where a node that brings its key was registered for other programs than it is started for: both have to say
 * it. Null where they agree, or where it cannot be read now: the worker itself says why.
 */
export const registeredOtherwise = async (
  { supabaseUrl, supabaseKey, identity }: WorkerSettings,
  strangersPrograms: boolean,
): Promise<string | null> => {
  if (identity.kind !== 'key') return null
  try {
    const url = `${supabaseUrl.replace(/\/+$/, '')}/rest/v1/nodes?id=eq.${identity.nodeId}&select=capabilities`
    const response = await fetch(url, {
      headers: { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}`, 'x-node-key': identity.nodeKey },
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
    })
    const [node] = (await response.json()) as { capabilities: Record<string, unknown> }[]
    if (node === undefined || (node.capabilities.strangersPrograms === true) === strangersPrograms) return null
    return strangersPrograms ? notOffered : givenBack
  } catch {
    return null
  }
}
