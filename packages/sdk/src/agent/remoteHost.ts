import type { Registration } from '@oblivion/core'
import type { Outcome } from '../rpc/Outcome.ts'
import { openLine, raceCall } from '../rpc/raceCall.ts'
import type { Pulse } from '../sandbox/messages.ts'
import type { AgentEvent, Host, LastWord, RunOrder, RunOutcome } from './Host.ts'

/** The bridge's functions as comlink offers them here. */
export interface BridgeApi {
  readonly prepare: () => PromiseLike<boolean>
  readonly run: (order: RunOrder) => PromiseLike<RunOutcome>
  readonly ping: () => PromiseLike<Pulse | null>
  readonly pace: (pace: number) => PromiseLike<boolean>
  readonly kill: () => PromiseLike<void>
  readonly emit: (event: AgentEvent) => PromiseLike<void>
  readonly hold: (lastWord: LastWord | null) => PromiseLike<void>
  readonly register: () => PromiseLike<Registration | null>
}

/** A cold sandbox takes 0.13 s here; a slow device and network get a hundred times that. */
const PREPARE_MS = 15_000
const PING_MS = 800
const KILL_MS = 5000
/** A program that has not yielded by then does not pause. */
const PACE_MS = 2000
/** The page may have to refresh its session first. */
const REGISTER_MS = 30_000

const valueOr = <T, D>(outcome: Outcome<T>, otherwise: D): T | D =>
  outcome.kind === 'value' ? outcome.value : otherwise

/** The host with a deadline on each call: timers belong to the agent, since a hidden page's run once a minute. */
export const remoteHost = (bridge: BridgeApi): Host => {
  const line = openLine()
  return {
    prepare: async () => valueOr(await raceCall(line, () => bridge.prepare(), { deadlineMs: PREPARE_MS }), false),
    run: async (order) => valueOr(await raceCall(line, () => bridge.run(order)), { kind: 'killed' } as const),
    ping: async () => valueOr(await raceCall(line, () => bridge.ping(), { deadlineMs: PING_MS }), null),
    pace: async (pace) => valueOr(await raceCall(line, () => bridge.pace(pace), { deadlineMs: PACE_MS }), false),
    kill: async () => {
      await raceCall(line, () => bridge.kill(), { deadlineMs: KILL_MS })
    },
    emit: (event) => void raceCall(line, () => bridge.emit(event)),
    hold: (lastWord) => void raceCall(line, () => bridge.hold(lastWord)),
    register: async () => valueOr(await raceCall(line, () => bridge.register(), { deadlineMs: REGISTER_MS }), null),
  }
}
