const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a Host header names this machine, whatever the port. */
export function isLocalHost(host: string | undefined): boolean {
  return host !== undefined && LOCAL_NAMES.has(host.replace(/:\d{1,5}$/, '').toLowerCase())
}
