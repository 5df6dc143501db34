/**
 * The words that this command line was called by, to be typed again: in a clone a script of pnpm's, elsewhere `oblivion`.
 */
export const calledAs = (environment: NodeJS.ProcessEnv = process.env): string => {
  if (environment.npm_lifecycle_event !== 'oblivion') return 'oblivion'
  const [, version] = /^pnpm\/(\S+)/.exec(environment.npm_config_user_agent ?? '') ?? []
  return version === undefined ? 'pnpm oblivion' : `npx -y pnpm@${version} oblivion`
}
