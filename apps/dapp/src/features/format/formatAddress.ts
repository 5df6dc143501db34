/**
 * The short form of an address or a hash: its first six and last four characters. Letter case is left alone, so a
 * checksummed address stays checksummed.
 *
 * @example formatAddress('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266') // '0xf39F…2266'
 */
export function formatAddress(address: string): string {
  return address.length <= 12 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`
}
