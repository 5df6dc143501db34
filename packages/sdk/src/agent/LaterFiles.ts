/** Files of the agent's that few need, each loaded when it is asked for: an older database, Storage, checkpoints. */
export interface LaterFiles {
  readonly older: typeof import('./olderWorkCycle.ts')
  readonly stored: typeof import('./readStored.ts')
  readonly result: typeof import('./storeResult.ts')
  readonly checkpoint: typeof import('./keepCheckpoint.ts')
}

/**
 * Rejects where it did not come; the next time it may.
 *
 * @param failures How often one did not come: a browser that keeps a failure has to be asked for another address.
 */
export type LoadLater = <N extends keyof LaterFiles>(name: N, failures: number) => Promise<LaterFiles[N]>
