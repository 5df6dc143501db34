import { once } from 'node:events'
import { printable } from '../printable.ts'

/** Writes a line of JSON, and waits where whoever reads is slower. Strangers' text in it moves no terminal. */
export const writeOut = async (json: string): Promise<void> => {
  if (!process.stdout.write(`${process.stdout.isTTY ? printable(json) : json}\n`)) await once(process.stdout, 'drain')
}
