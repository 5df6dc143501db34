/** Who may talk to a server on the loopback address, which every web page that a developer opens can reach. */
export type CallerGuard = {
  /** Port of this server; known once it listens. */
  port: number
  /** Origins of our own pages. */
  origins: ReadonlySet<string>
}

/**
 * Says why a request must be refused, or null.
 *
 * The Host check ends DNS rebinding: a foreign name that resolves to 127.0.0.1 makes the browser believe that page and
 * server are one origin. The Origin check ends cross-site requests. A request without Origin is a program's or a plain
 * navigation, which no foreign page can read.
 */
export const refusalOf = (
  guard: CallerGuard,
  headers: { host: string | undefined; origin: string | undefined },
): string | null => {
  const { host, origin } = headers
  if (host !== `127.0.0.1:${guard.port}` && host !== `localhost:${guard.port}`) {
    return `The host "${host ?? ''}" is not this server's. Use http://127.0.0.1:${guard.port}.`
  }
  if (origin !== undefined && !guard.origins.has(origin)) {
    return `Pages of the origin "${origin}" may not use this development server.`
  }
  return null
}
