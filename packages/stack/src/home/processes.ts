import { rmSync } from 'node:fs'
import { endProcess } from '../process/endProcess.ts'
import type { ProcessIdentity } from '../process/processIdentity.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

/** A child as it is written down, with the signal that makes it end in order. */
export type RecordedProcess = ProcessIdentity & { name: string; signal: NodeJS.Signals }

/** The list of children in the data folder: what a killed supervisor leaves behind is ended by it, nothing else is. */
export const createProcessRecord = (file: string) => {
  const entries = new Map<string, RecordedProcess>()
  const write = (): void => writeSecretFile(file, [...entries.values()])
  return {
    add: (entry: RecordedProcess): void => {
      entries.set(entry.name, entry)
      write()
    },
    remove: (name: string): void => {
      if (entries.delete(name)) write()
    },
    clear: (): void => {
      entries.clear()
      rmSync(file, { force: true })
    },
  }
}

export type ProcessRecord = ReturnType<typeof createProcessRecord>

/**
 * Ends what a killed run left running, the database last, since the others use it. On Linux its children have got
 * SIGINT from the kernel already; this waits for them.
 *
 * @returns the names of those that were still there
 */
export const endLeftovers = async (file: string): Promise<string[]> => {
  const recorded = readSecretFile<RecordedProcess[]>(file) ?? []
  const ended: string[] = []
  for (const entry of recorded.reverse()) {
    if ((await endProcess(entry, entry.signal, 10_000)) !== 'gone') ended.push(entry.name)
  }
  return ended
}
