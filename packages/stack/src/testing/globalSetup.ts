import type { TestProject } from 'vitest/node'
import { type Cluster, type ClusterInfo, startCluster } from './cluster.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The run's embedded cluster, for `createDatabase(inject('cluster'))`. */
    cluster: ClusterInfo
  }
}

/** The run's one cluster. Every vitest project loads this file anew, so it is kept where they all find it. */
type Shared = { cluster: Promise<Cluster>; users: number }
const holder = globalThis as { oblivionTestCluster?: Shared | undefined }

/** vitest globalSetup: one embedded cluster for the whole run, however many projects ask for it. */
export const setup = async (project: TestProject): Promise<void> => {
  holder.oblivionTestCluster ??= { cluster: startCluster(), users: 0 }
  holder.oblivionTestCluster.users += 1
  const { stop: _, ...info } = await holder.oblivionTestCluster.cluster
  project.provide('cluster', info)
}

export const teardown = async (): Promise<void> => {
  const shared = holder.oblivionTestCluster
  if (!shared) return
  shared.users -= 1
  if (shared.users > 0) return
  holder.oblivionTestCluster = undefined
  await (await shared.cluster).stop()
}
