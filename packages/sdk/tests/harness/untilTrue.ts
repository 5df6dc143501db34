import type { Page } from 'playwright-core'

/** Waits until a function in the page says so. By a timer: a page that is not in front draws no frames to wait by. */
export const untilTrue = <A>(page: Page, what: (argument: A) => boolean, argument: A): Promise<unknown> =>
  page.waitForFunction(what as never, argument, { polling: 50 })
