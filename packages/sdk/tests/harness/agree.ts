import type { Frame, Page } from 'playwright-core'
import { expect } from 'vitest'

/** The worker's frame in a page that asks. */
export const askingFrame = (page: Page): Frame => {
  const frame = page.frames().find((each) => each.url().includes('/embed.html'))
  if (frame === undefined) throw new Error('no frame')
  return frame
}

/** Says yes as a person does it: reads, goes there, clicks. */
export const agree = async (page: Page, frame: Frame): Promise<void> => {
  const [x, y] = await comeAcross(page, frame)
  await page.waitForFunction((from) => performance.now() > from + 1100, await page.evaluate(() => performance.now()))
  await page.mouse.click(x + 2, y)
}

/** Moves the pointer over what is written on the card to its yes, once that is live; where it is then. */
export const comeAcross = async (page: Page, frame: Frame): Promise<readonly [x: number, y: number]> => {
  const yes = frame.locator('.yes')
  await expect.poll(() => yes.getAttribute('aria-disabled')).toBe('false')
  const box = await yes.boundingBox()
  if (box === null) throw new Error('no button')
  // Over what is written there, as a reader's pointer comes.
  for (const dy of [300, 200, 100]) {
    await page.mouse.move(box.x - 20, box.y - dy)
    // A browser tells of one movement a frame.
    await frame.evaluate(() => new Promise(requestAnimationFrame))
  }
  await page.mouse.move(box.x + 20, box.y + 10)
  return [box.x + 20, box.y + 10]
}
