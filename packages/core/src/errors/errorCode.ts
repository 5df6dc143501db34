import type { ErrorValues } from './errorValues.ts'

/**
 * A stable code: `OB0xx` the server's, `OB1xx` calls and values, `OB2xx` the worker in a tab, `OB3xx` wallet and chain.
 * A code is never given a second meaning.
 */
export type ErrorCode = keyof ErrorValues

/** Codes that SQL raises and a remote call can therefore answer with. */
export type ServerErrorCode = Extract<ErrorCode, `OB0${string}`>
