// Entry of agent.js: wires the agent to its thread. Decides nothing.
import type { Registration } from '@oblivion/core'
import { exposeToOwner } from '../rpc/exposeToOwner.ts'
import { systemClock } from './Clock.ts'
import { connectNode, type ServerAddress } from './connectNode.ts'
import { type Agent, createAgent } from './createAgent.ts'
import type { LoadLater } from './LaterFiles.ts'
import { createProgramLoader, type ProgramHashes } from './loadProgram.ts'
import { type Conduct, createPacer, type Pacer } from './Pacer.ts'
import { type BridgeApi, remoteHost } from './remoteHost.ts'
import { sha256 } from './sha256.ts'

/** Written in at build time. */
declare const OBLIVION_PROGRAMS: ProgramHashes

let agent: Agent | undefined
let pacer: Pacer | undefined

const loadProgram = createProgramLoader(OBLIVION_PROGRAMS, async (path) => {
  const response = await fetch(path, { signal: AbortSignal.timeout(30_000) })
  if (!response.ok) throw new Error(`${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
})

const loadLater: LoadLater = (name, failures) => {
  // Firefox ESR 153 and older browsers never ask again for a module that did not come, under the address that it had.
  const file = `./${name}.js?${failures}`
  return import(file)
}

/** What the owner of the machine allows. */
export interface AgentTerms {
  readonly conduct: Conduct
  readonly strangersPrograms: boolean
}

const api = {
  /** Begins, and answers at once. */
  start: (server: ServerAddress, registration: Registration, bridge: BridgeApi, terms: AgentTerms): void => {
    pacer = createPacer(terms.conduct)
    agent = createAgent({
      pacer,
      strangersPrograms: terms.strangersPrograms,
      registration,
      connect: (current) => connectNode(server, current, loadLater),
      host: remoteHost(bridge),
      loadProgram,
      sha256,
      clock: systemClock,
      random: Math.random,
    })
  },
  conduct: (conduct: Conduct): void => pacer?.set(conduct),
  /** Answers when the agent is over. */
  finish: async (): Promise<void> => agent?.finish(),
  stop: async (): Promise<void> => agent?.stop(),
  /** Answers when the agent is over, whatever ended it. */
  over: async (): Promise<void> => agent?.over,
}

export type AgentApi = typeof api

exposeToOwner(api, globalThis as unknown as DedicatedWorkerGlobalScope)
