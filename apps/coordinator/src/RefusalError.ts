/** Which rule a configuration breaks. */
export type RefusalCode = 'wrong_chain' | 'wrong_contract' | 'published_account' | 'wrong_settler' | 'play_money'

/**
 * The coordinator was set up in a way in which it must not run at all: going on could sign for the wrong chain. It ends
 * the process; the message says what to set right. What the world does (a database that is away, a chain that lost
 * blocks) is never a refusal.
 */
export class RefusalError extends Error {
  override readonly name = 'RefusalError'
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
