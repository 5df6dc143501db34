import { createContext, use } from 'react'
import type { Config } from './config.ts'

export const ConfigContext = createContext<Config | null>(null)

/** The configuration of this deployment. */
export function useConfig(): Config {
  const config = use(ConfigContext)
  if (config === null) throw new Error('useConfig outside of ConfigContext')
  return config
}
