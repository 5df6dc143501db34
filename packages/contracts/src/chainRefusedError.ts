/** Why a chain or an account is not used for settlement. `code` says which rule refused, the message what to do. */
export class ChainRefusedError extends Error {
  override readonly name = 'ChainRefusedError'
  readonly code: 'mainnet_not_ready' | 'published_account'

  constructor(code: 'mainnet_not_ready' | 'published_account', message: string) {
    super(message)
    this.code = code
  }
}
