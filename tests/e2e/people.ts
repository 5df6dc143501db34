/// <reference lib="dom" />
import type { Page } from 'playwright-core'

/** Connects a development wallet and signs in with Ethereum, on whatever page shows the way. */
export const signIn = async (page: Page, wallet: string): Promise<void> => {
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: new RegExp(`Development wallet: ${wallet} `) }).click()
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.getByRole('button', { name: 'Sign in' }).first().waitFor({ state: 'hidden' })
}

/** Posts the demo picture with so many paths a pixel, else as it stands in the form; answers the id of its task. */
export const postPicture = async (page: Page, samples: number): Promise<string> => {
  const paths = page.getByRole('group', { name: 'Paths a pixel' })
  await paths.getByRole('radio', { name: new RegExp(`^${samples} `) }).check({ force: true })
  await page.getByRole('checkbox', { name: /in clear/ }).check()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/)
  return page.url().slice(-36)
}

export const enableWorker = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Enable the worker' }).click()

/** The pixels of the picture on the page, as base64 of RGBA. */
export const readPicture = async (page: Page): Promise<Buffer> => {
  const encoded = await page.getByTestId('picture').evaluate(async (element) => {
    const canvas = element as HTMLCanvasElement
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
    const blob = new Blob([pixels ?? new Uint8ClampedArray()])
    return new Promise<string>((resolve, reject) => {
      const reader = new FileReader()
      reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '')
      reader.onerror = () => reject(new Error('The picture could not be read.'))
      reader.readAsDataURL(blob)
    })
  })
  return Buffer.from(encoded, 'base64')
}
