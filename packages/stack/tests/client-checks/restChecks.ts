import { functionChecks } from './functionChecks.ts'
import { tableChecks } from './tableChecks.ts'

/** All of the REST door: the oracle test runs these against PostgREST too. */
export const restChecks = [...functionChecks, ...tableChecks]
