import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  machineCommand,
  machineKinds,
  machineLabel,
  machineState,
  machineVariables,
  nodeNames,
  revokedSentence,
} from '../src/features/privacy/machineWords.ts'

test.each([
  [{ online: true, currentJobs: 2, hasKey: true }, 'work', '2 jobs'],
  [{ online: true, currentJobs: 0, hasKey: true }, 'wait', 'Waiting'],
  [{ online: false, currentJobs: 0, hasKey: true }, 'rest', 'Offline'],
  // Just revoked it was seen a moment ago, and yet it does not wait for work.
  [{ online: true, currentJobs: 0, hasKey: false }, 'rest', 'Key revoked'],
  // By its wallet's session it works without one.
  [{ online: true, currentJobs: 1, hasKey: false }, 'work', '1 job'],
] as const)('how a machine stands: %j', (machine, meaning, word) => {
  expect(machineState(machine)).toEqual({ meaning, word })
})

test('two tabs have names of their own, and so have two servers that were named alike', () => {
  const ids = ['5b1f0c7e-9d7a-4c55-8a3e-0b6f5c1d2e3f', '5b1f0c7e-9d7a-4c55-8a3e-0b6f5c1d2e40']
  expect(ids.map((hardwareId) => machineLabel({ workerType: 'browser', hardwareId }))).toEqual([
    'Browser tab, id 5b1f0c7e…5c1d2e3f',
    'Browser tab, id 5b1f0c7e…5c1d2e40',
  ])
  expect(machineLabel({ workerType: 'server', hardwareId: 'render-box-2' })).toBe('Server, id render-box-2')
})

test('what came of revoking its key', () => {
  expect(revokedSentence({ currentJobs: 0 })).toBe('The key is void.')
  expect(revokedSentence({ currentJobs: 1 })).toBe('The key is void. 1 job went back to the queue.')
})

test('a machine is started as the README starts it', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  for (const { key, command } of machineKinds)
    expect(readme).toContain(key === 'python' ? command.replace('python3 ', 'python3 apps/python-worker/') : command)
  expect(machineCommand({ workerType: 'server', strangersPrograms: true })).toBe(
    'npx -y pnpm@12.21.0 oblivion worker --strangers-programs',
  )
  expect(machineCommand({ workerType: 'python', strangersPrograms: false })).toBe('python3 sharded_worker.py')
})

test('DJ-29: several nodes of one machine have numbers, and stand in its variables with commas between them', () => {
  expect(nodeNames('rack', 1)).toEqual(['rack'])
  expect(nodeNames('rack', 2)).toEqual(['rack-1', 'rack-2'])
  const made = [1, 2].map((n) => ({ nodeId: `n${n}`, nodeSecret: `obn_${n}` }))
  expect(machineVariables({ supabaseUrl: 'https://x', anonKey: 'k' }, made)).toBe(
    'SUPABASE_URL=https://x\nSUPABASE_KEY=k\nNODE_ID=n1,n2\nNODE_KEY=obn_1,obn_2',
  )
})
