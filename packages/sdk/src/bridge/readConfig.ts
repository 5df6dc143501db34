/** `/config.json` of the bridge's origin: public values of this deployment. */
export interface BridgeConfig {
  readonly supabaseUrl: string
  readonly anonKey: string
  /** Origin of the sandbox. */
  readonly sandboxUrl: string
  /** Origins that may embed the bridge. */
  readonly allowedParents: readonly string[]
}

/** @throws {TypeError} where a field is missing: the deployment is broken, and the page hears nothing from this bridge. */
export const readConfig = (value: unknown): BridgeConfig => {
  const { supabaseUrl, anonKey, sandboxUrl, allowedParents } = Object(value) as Record<string, unknown>
  if (typeof supabaseUrl !== 'string' || typeof anonKey !== 'string' || typeof sandboxUrl !== 'string') {
    throw new TypeError('config.json')
  }
  if (!Array.isArray(allowedParents)) throw new TypeError('config.json')
  return { supabaseUrl, anonKey, sandboxUrl, allowedParents: allowedParents.map((url) => new URL(url).origin) }
}
