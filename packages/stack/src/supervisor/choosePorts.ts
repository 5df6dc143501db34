import { readVariable } from '@oblivion/core'
import { freePort } from '../process/freePort.ts'

/** The ports of all parts, in the order in which they get what they want. */
const VARIABLES = {
  dapp: 'DAPP_PORT',
  bridge: 'BRIDGE_PORT',
  sandbox: 'SANDBOX_PORT',
  gateway: 'GATEWAY_PORT',
  coordinator: 'COORDINATOR_PORT',
  postgres: 'POSTGRES_PORT',
  chain: 'CHAIN_PORT',
} as const

export type Ports = Record<keyof typeof VARIABLES, number>

/** The wanted port of each part, or a free one where it is taken. */
export const choosePorts = async (environment: NodeJS.ProcessEnv): Promise<Ports> => {
  const taken = new Set<number>()
  const ports: Partial<Ports> = {}
  for (const [part, variable] of Object.entries(VARIABLES) as [keyof Ports, (typeof VARIABLES)[keyof Ports]][]) {
    const port = await freePort(readVariable(environment, variable), taken)
    taken.add(port)
    ports[part] = port
  }
  return ports as Ports
}
