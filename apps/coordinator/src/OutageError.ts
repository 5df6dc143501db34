/** A part of the world that the coordinator works with and that may be away for a while. */
export type Part = 'database' | 'chain'

/** A part could not be reached. Its watcher has already said so; whoever catches this tries again later. */
export class OutageError extends Error {
  override readonly name = 'OutageError'
  readonly part: Part

  constructor(part: Part, options: ErrorOptions) {
    super(`the ${part} cannot be reached`, options)
    this.part = part
  }
}
