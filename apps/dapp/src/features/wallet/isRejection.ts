/** Whether a person said no in the wallet (EIP-1193 code 4001), however deep the error is wrapped. */
export function isRejection(error: unknown): boolean {
  for (let current = error, depth = 0; current && depth < 8; depth++) {
    const { code, cause } = current as { code?: unknown; cause?: unknown }
    if (code === 4001 || code === 'ACTION_REJECTED') return true
    current = cause
  }
  return false
}
