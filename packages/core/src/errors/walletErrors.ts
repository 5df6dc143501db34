import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'
import type { Reason } from './Reason.ts'

// Errors between a wallet, a chain and us. Each class carries its own sentence, so that a bundle holds
// the sentences of those that it can throw and no others; the catalogue collects them.

export const signatureRejected = {
  code: 'OB301',
  name: 'signature_rejected',
  sentence: 'You rejected the signature. Nothing was sent.',
  hint: 'Ask for it again when you are ready.',
} as const satisfies Reason<'OB301'>

export class SignatureRejectedError extends OblivionError<'OB301'> {
  override name = 'SignatureRejectedError'
  constructor(options?: OblivionErrorOptions<'OB301'>) {
    super(signatureRejected, options)
  }
}

export const wrongChain = {
  code: 'OB302',
  name: 'wrong_chain',
  sentence: 'The wallet is on another network.',
  hint: 'Switch the wallet to the network that is shown.',
} as const satisfies Reason<'OB302'>

export class WrongChainError extends OblivionError<'OB302'> {
  override name = 'WrongChainError'
  constructor(options?: OblivionErrorOptions<'OB302'>) {
    super(wrongChain, options)
  }
}

export const transactionFailed = {
  code: 'OB303',
  name: 'transaction_failed',
  sentence: 'The transaction was not carried out.',
  hint: 'The values hold the contract’s reason; nothing but gas was spent.',
} as const satisfies Reason<'OB303'>

export class TransactionFailedError extends OblivionError<'OB303'> {
  override name = 'TransactionFailedError'
  constructor(options?: OblivionErrorOptions<'OB303'>) {
    super(transactionFailed, options)
  }
}
