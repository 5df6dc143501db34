/** Colours of the terminal, each with one meaning, as on the screens: `work` go, `wait` pending, `fail` failed. */
export type Style = Record<'work' | 'wait' | 'fail' | 'link' | 'quiet' | 'strong', (text: string) => string>

const CODES = { work: 32, wait: 33, fail: 31, link: 34, quiet: 2, strong: 1 } as const

/** Plain text where colours are not wanted: no terminal, or NO_COLOR set to anything (https://no-color.org). */
export const makeStyle = (colours: boolean): Style => {
  const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  return {
    work: paint(CODES.work),
    wait: paint(CODES.wait),
    fail: paint(CODES.fail),
    link: paint(CODES.link),
    quiet: paint(CODES.quiet),
    strong: paint(CODES.strong),
  }
}

/** Whether a stream wants colours. */
export const wantsColours = (stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean =>
  stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb'
