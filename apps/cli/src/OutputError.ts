/** What was asked for cannot be written where it should go: a full disk, a folder that is none. No wrong call, so the exit code is 1. */
export class OutputError extends Error {
  override name = 'OutputError'
}
