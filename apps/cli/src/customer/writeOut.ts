import { once } from 'node:events'
import { printable } from './printable.ts'

/** Writes a line of JSON, and waits where whoever reads is slower. Strangers' text in it moves no terminal. */
export const writeOut = async (json: string): Promise<void> => {
  if (!process.stdout.write(`${process.stdout.isTTY ? printable(json) : json}\n`)) await once(process.stdout, 'drain')
}

/** Ends the process where its output breaks: with 0 where the reader has had enough (`| head`), and else with 1. */
export const endWithOutput = (json: boolean): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    const message = `The output cannot be written: ${error.message}.`
    process.stderr.write(`${json ? JSON.stringify({ code: null, message }) : message}\n`)
    process.exit(1)
  })
}
