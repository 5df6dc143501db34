import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Cluster, type ClusterInfo, startCluster } from '../../src/testing/index.ts'
import { authChecks } from './authChecks.ts'
import { type ClientBench, startClientBench } from './clientBench.ts'
import { realtimeChecks } from './realtimeChecks.ts'
import { restChecks } from './restChecks.ts'
import { storageChecks } from './storageChecks.ts'

const doors = { REST: restChecks, Auth: authChecks, Realtime: realtimeChecks, Storage: storageChecks }

test('there are at least 45 checks, each with a name of its own', () => {
  const names = Object.values(doors).flatMap((checks) => checks.map((check) => check.name))
  expect(names.length).toBeGreaterThanOrEqual(45)
  expect(new Set(names).size).toBe(names.length)
})

/** Debian's PostgreSQL has no cluster of the run's own: it is started here and ends here. */
const servers: { name: string; open(): Promise<{ cluster: ClusterInfo; stop(): Promise<void> }> }[] = [
  { name: 'embedded PostgreSQL 18', open: async () => ({ cluster: inject('cluster'), stop: async () => undefined }) },
  {
    name: 'PostgreSQL 15',
    open: async () => {
      const cluster: Cluster = await startCluster({ version: '15', migrations: false })
      return { cluster, stop: () => cluster.stop() }
    },
  },
]

describe.each(servers)('$name', ({ open }) => {
  let bench: ClientBench
  let stop: () => Promise<void>

  beforeAll(async () => {
    const opened = await open()
    stop = opened.stop
    bench = await startClientBench(opened.cluster)
  })
  afterAll(async () => {
    await bench.close()
    await stop()
  })

  describe.each(Object.entries(doors))('%s', (_, checks) => {
    test.each(checks)('$name', ({ run }) => run(bench))
  })
})
