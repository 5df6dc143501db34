import type { LaterFiles, LoadLater } from '../agent/LaterFiles.ts'

const files: { readonly [N in keyof LaterFiles]: () => Promise<LaterFiles[N]> } = {
  older: () => import('../agent/olderWorkCycle.ts'),
  stored: () => import('../agent/readStored.ts'),
  result: () => import('../agent/storeResult.ts'),
  checkpoint: () => import('../agent/keepCheckpoint.ts'),
}

/** From beside this module. */
export const loadLater: LoadLater = (name) => files[name]()
