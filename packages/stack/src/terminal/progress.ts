import type { Style } from './style.ts'

/** Where progress is shown: a stream that may be a terminal. */
export type ProgressStream = { isTTY?: boolean; write(text: string): unknown }

const SHOW_AFTER_MS = 2_000
const STEP_MS = 200
const FRAMES = ['·  ', '·· ', '···', ' ··', '  ·', '   ']

export type Progress = {
  /** Names what is being done now; shown once it takes longer than two seconds. */
  step(what: string): void
  /** A line that stays, for what a person has to know. */
  say(line: string): void
  end(): void
}

/**
 * One line that says what a start is waiting for. In a terminal it moves and is wiped in the end; elsewhere each long
 * step is one plain line.
 */
export const showProgress = (stream: ProgressStream, style: Style): Progress => {
  let current: { what: string; since: number; said: boolean } | null = null
  let frame = 0
  const wipe = (): void => {
    if (stream.isTTY && current?.said) stream.write('\r\u001b[K')
  }
  const draw = (): void => {
    if (current === null) return
    const seconds = Math.floor((performance.now() - current.since) / 1000)
    if (performance.now() - current.since < SHOW_AFTER_MS) return
    if (stream.isTTY) {
      frame += 1
      const mark = style.wait(FRAMES[frame % FRAMES.length] ?? '')
      stream.write(`\r\u001b[K${mark} ${current.what} ${style.quiet(`${seconds} s`)}`)
    } else if (!current.said) {
      stream.write(`${current.what} ...\n`)
    }
    current.said = true
  }
  const timer = setInterval(draw, STEP_MS)
  timer.unref()
  return {
    step: (what) => {
      wipe()
      current = { what, since: performance.now(), said: false }
    },
    say: (line) => {
      wipe()
      stream.write(`${line}\n`)
    },
    end: () => {
      wipe()
      current = null
      clearInterval(timer)
    },
  }
}
