import type { ErrorCode, JobAtHand, PauseReason, Registration } from '@oblivion/core'
import type { JobOrder, Pulse } from '../sandbox/messages.ts'

/** What the agent tells of itself: events of the worker's state machine, as far as they are the agent's to tell. */
export type AgentEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'claim'; readonly job: Omit<JobAtHand, 'progress'> }
  | { readonly type: 'progress'; readonly progress: number }
  | { readonly type: 'end' }
  | { readonly type: 'pause'; readonly reason: PauseReason }
  | { readonly type: 'resume' }
  | { readonly type: 'fail'; readonly code: ErrorCode }
  | { readonly type: 'report'; readonly report: JobReport }
  /** The share of a processor core that was used in the last second, 0 to 1. */
  | { readonly type: 'share'; readonly cpu: number }

/** What became of a job after the server has looked at it. */
export interface JobReport extends Omit<JobAtHand, 'progress'> {
  readonly outcome: 'succeeded' | 'failed' | 'released'
  /** The server took the report; false for a result that came too late, see `reason`. */
  readonly accepted: boolean
  readonly reason: string | null
  /** How long the program ran, by this device's clock. */
  readonly seconds: number
}

export interface RunOrder extends JobOrder {
  /** The most that the result may have, in UTF-16 units of its JSON text. */
  readonly maxLength: number
}

export type RunOutcome =
  | { readonly kind: 'done'; readonly text: string; readonly rested: number }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'too_large'; readonly length: number }
  | { readonly kind: 'killed' }

/** A request that is ready to be sent, for the moment at which nothing can be computed any more. */
export interface LastWord {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the bridge does for the agent: it alone has a document to put a frame in. None of these is ever left pending. */
export interface Host {
  /** Makes the sandbox if there is none. False: it did not come up. */
  readonly prepare: () => Promise<boolean>
  readonly run: (order: RunOrder) => Promise<RunOutcome>
  /** How the running program does; null where the sandbox does not answer. */
  readonly ping: () => Promise<Pulse | null>
  /** Changes the pace of the running program, 0 being a rest. False: it has not yielded, and goes on as before. */
  readonly pace: (pace: number) => Promise<boolean>
  /** Ends the running program at once, whatever it does. */
  readonly kill: () => Promise<void>
  readonly emit: (event: AgentEvent) => void
  /** What to send when the tab closes, null while no job is held. */
  readonly hold: (lastWord: LastWord | null) => void
  /** A new key for this node, from the page's session; null where the page gives none. */
  readonly register: () => Promise<Registration | null>
}
