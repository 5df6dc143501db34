/** What a shell says of a program that wrote where nobody reads any more: 128 and the number of SIGPIPE. */
const NOBODY_READS = 141

/**
 * Ends the process where its output breaks: quietly with 141 where the reader has had enough (`| head`), as other programs
 * do, and with 1 and a sentence where it cannot be written. Never with 0, by which `watch` says that a task is completed.
 */
export const endWithOutput = (json: boolean): void => {
  const end = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(NOBODY_READS)
    const message = `The output cannot be written: ${error.message}.`
    process.stderr.write(`${json ? JSON.stringify({ code: null, message }) : message}\n`)
    process.exit(1)
  }
  process.stdout.on('error', end)
  process.stderr.on('error', end)
}
