/** Ends a program: its input's field is not as it must be. The sandbox passes on the words alone. */
export const refuse = (field: string, reason: string): never => {
  throw new RangeError(`The input's ${field} ${reason}.`)
}
