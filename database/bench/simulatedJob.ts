import { type Environment, requireVariable } from '@oblivion/core'

/** What a job of a load test does: it takes its time, computes nothing, and some of them fail. */
export type Simulation = { durationMs: number; failureRate: number }

/** As `PROCESSING_DURATION_MS` and `FAILURE_RATE` say: 5 minutes, and 15 of 100 fail, where they say nothing. */
export const readSimulation = (environment: Environment): Simulation => ({
  durationMs: requireVariable(environment, 'PROCESSING_DURATION_MS'),
  failureRate: requireVariable(environment, 'FAILURE_RATE'),
})

/** How one of them ends. @param random from 0 to below 1, as `Math.random` gives it: of a rate of 0 none fails, of 1 all */
export const endOf = ({ failureRate }: Simulation, random: () => number): 'succeeded' | 'failed' =>
  random() < failureRate ? 'failed' : 'succeeded'
