import type { ClientBench } from './clientBench.ts'

/** One check of the client against a backend: written once, run on every server that it must pass on. */
export type Check = { name: string; run(bench: ClientBench): Promise<void> }

export const check = (name: string, run: Check['run']): Check => ({ name, run })
