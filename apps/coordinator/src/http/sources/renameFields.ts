import { InvalidInputError } from '@oblivion/core'

/** For `catch`: a refusal of a field (`OB005`) names it as the caller's body does, by these names; others go on as they are. */
export const renameFields =
  (names: Readonly<Record<string, string>>) =>
  (error: unknown): never => {
    if (!(error instanceof InvalidInputError)) throw error
    const { field, ...values } = error.values as { field?: string; reason: string }
    const name = names[field ?? '']
    if (name === undefined) throw error
    throw new InvalidInputError({
      message: error.shortMessage,
      hint: error.hint,
      values: { ...values, field: name },
      cause: error,
    })
  }
