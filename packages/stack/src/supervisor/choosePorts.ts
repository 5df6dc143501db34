import { readVariable } from '@oblivion/core'
import { type ReservedPort, reservePort } from '../process/reservePort.ts'

/** The ports of all parts, in the order in which they get what they want. */
const VARIABLES = {
  dapp: 'DAPP_PORT',
  bridge: 'BRIDGE_PORT',
  sandbox: 'SANDBOX_PORT',
  demo: 'EMBED_DEMO_PORT',
  gateway: 'GATEWAY_PORT',
  coordinator: 'COORDINATOR_PORT',
  postgres: 'POSTGRES_PORT',
  chain: 'CHAIN_PORT',
} as const

export type PortName = keyof typeof VARIABLES
export type Ports = Record<PortName, number>

/** Ports that are held until each part takes its own. */
export type ChosenPorts = { ports: Ports; release(...names: PortName[]): Promise<void> }

/**
 * The wanted port of each part, or a free one where it is taken. All are chosen before anything starts, since the parts
 * must know each other's origins; held, so that a second stack that starts meanwhile chooses others.
 */
export const choosePorts = async (environment: NodeJS.ProcessEnv): Promise<ChosenPorts> => {
  const reserved = new Map<PortName, ReservedPort>()
  const ports: Partial<Ports> = {}
  for (const [name, variable] of Object.entries(VARIABLES) as [PortName, (typeof VARIABLES)[PortName]][]) {
    const entry = await reservePort(readVariable(environment, variable))
    reserved.set(name, entry)
    ports[name] = entry.port
  }
  const release = async (...names: PortName[]): Promise<void> => {
    for (const name of names) {
      const entry = reserved.get(name)
      reserved.delete(name)
      await entry?.release()
    }
  }
  return { ports: ports as Ports, release }
}
