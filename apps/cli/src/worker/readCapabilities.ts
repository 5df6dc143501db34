import { readVariable } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'

/**
 * What a node can do by its owner's word, as tasks ask for it: from the flags, or else from CAPABILITIES.
 *
 * @throws {UsageError} where one is no name.
 */
export const readCapabilities = (given: readonly string[]): readonly string[] => {
  const names = given.length === 0 ? readVariable(process.env, 'CAPABILITIES') : given
  for (const name of names) {
    if (name === 'strangersPrograms')
      throw new UsageError('Whether customers’ own programs run here is said by --strangers-programs.')
    if (name.trim() !== name || name === '' || name.length > 100 || name.includes(','))
      throw new UsageError('A capability is a name of 1 to 100 characters without commas, such as gpu.')
  }
  return names
}
