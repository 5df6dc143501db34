/** Which rule refused. */
export type ChainRefusal = 'mainnet_not_allowed' | 'published_account' | 'same_account' | 'wrong_chain'

/** Why a chain or an account is not used for settlement. `code` says which rule refused, the message what to do. */
export class ChainRefusedError extends Error {
  override readonly name = 'ChainRefusedError'
  readonly code: ChainRefusal

  constructor(code: ChainRefusal, message: string) {
    super(message)
    this.code = code
  }
}
