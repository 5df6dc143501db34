import { createHash } from 'node:crypto'
import type { QueuedJob } from './startQueue.ts'

const source = "export default (input) => (input === 'well' ? input : 'done')"
const own = { kind: 'js', source } as const

/**
 * Jobs with a stranger's address wherever a customer or a server could put one, known fields and others; the last but one
 * is a good one, and the last, whose program is named by such an address, no worker gets over.
 */
export const hostileJobs = (url: string): QueuedJob[] => {
  const host = new URL(url).host
  const state = JSON.stringify({ url })
  const hash = createHash('sha256').update(state).digest('hex')
  const fields: object[] = [
    ...['title', 'type', 'taskId', 'inputUrl', 'programUrl', 'resultUrl', 'checkpointUrl', 'url', 'callback'].map(
      (name) => ({ [name]: `${url}/${name}` }),
    ),
    // As paths they lead out of Storage, or seem to.
    ...[`/../../../../../${url}`, `//${host}/x`, `@${host}/x`, `\\\\${host}\\x`, `%2e%2e/%2e%2e/${url}`, `?${url}`].map(
      (inputUrl) => ({ inputUrl }),
    ),
    { inputUrl: { input: url, previous: `//${host}/x` } },
    // These are asked, and send on to elsewhere.
    { inputUrl: `oblivion-inputs/0x00/${'0'.repeat(64)}` },
    { inputUrl: { input: null, previous: `oblivion-results/results/${'0'.repeat(64)}` } },
    { checkpoint: { hash, url: `oblivion-checkpoints/uploads/x/1/${hash}` } },
    { program: { kind: 'builtin', name: url } },
    { program: { kind: 'builtin', name: `../../${url}` } },
    { program: { kind: 'builtin', name: 'raytrace', url: `${url}/program`, source: `import '${url}/source'` } },
    { checkpoint: { state, hash, url: `${url}/checkpoint` } },
    { checkpoint: { state: url, hash: url } },
    { limits: { timeoutSeconds: 60, maxResultBytes: 1000, maxStoredBytes: 0, url: `${url}/limits` } },
  ]
  return [
    ...[url, { url }, { $stored: url }, { inputUrl: url }, `import '${url}'`].map((input) => ({ program: own, input })),
    // A good one after each: from what it cannot get at again and again a worker rests longer and longer.
    ...fields.flatMap((more) => [
      { program: own, input: null, more },
      { program: own, input: null },
    ]),
    // Larger than a report carries: to be put into Storage, which sends it on to elsewhere.
    {
      program: own,
      input: null,
      maxResultBytes: 1,
      more: { limits: { timeoutSeconds: 60, maxResultBytes: 1, maxStoredBytes: 1000 } },
    },
    { program: own, input: 'well' },
    { input: null, more: { program: { kind: 'js', hash: `${url}/hash`, reviewed: true } } },
  ]
}
