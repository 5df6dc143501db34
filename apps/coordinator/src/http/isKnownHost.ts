const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Whether a Host header names this machine, or one of the names under which it is asked from outside, whatever the port.
 *
 * @param allowed Lower-case, without a port.
 */
export function isKnownHost(host: string | undefined, allowed: readonly string[]): boolean {
  const name = host?.replace(/:\d{1,5}$/, '').toLowerCase()
  return name !== undefined && (LOCAL_NAMES.includes(name) || allowed.includes(name))
}
