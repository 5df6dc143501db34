import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { bundlePrograms } from '../build.ts'
import { raytraceInputs, runProgram } from '../src/index.ts'
import { launchChromium } from './chromium.ts'

const inputs = raytraceInputs({ width: 320, height: 180, tileWidth: 80, tileHeight: 60, samples: 8 })
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('the built program computes in a Chromium worker what the source computes in Node, byte for byte', async () => {
  const { raytrace } = await bundlePrograms()
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    const inChromium = await page.evaluate(
      async ({ source, inputs }) => {
        // A classic worker that imports a blob of its own making, as the sandbox does it: an opaque origin has no more.
        const worker = new Worker(
          URL.createObjectURL(
            new Blob([
              `onmessage = async ({ data: { source, input } }) => {
                const { default: program } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))
                postMessage(JSON.stringify(await program(input, { progress() {} })))
              }`,
            ]),
          ),
        )
        const results: string[] = []
        for (const input of inputs) {
          results.push(
            await new Promise<string>((resolve, reject) => {
              worker.onmessage = ({ data }) => resolve(data)
              worker.onerror = (event) => reject(new Error(event.message))
              worker.postMessage({ source, input })
            }),
          )
        }
        return results
      },
      { source: raytrace?.source ?? '', inputs },
    )
    const inNode = await Promise.all(inputs.map(async (input) => JSON.stringify(await runProgram('raytrace', input))))
    expect(inChromium.map(sha256)).toEqual(inNode.map(sha256))
  } finally {
    await browser.close()
  }
})

test('a tile at the demo settings has the bytes that it always had', async () => {
  const tile = raytraceInputs({ width: 1280, height: 720, tileWidth: 160, tileHeight: 90, samples: 64 })[36]
  const text = JSON.stringify(await runProgram('raytrace', tile))
  expect(text.length).toBeLessThan(64_000)
  // Changes whenever the picture does: then every node must have the new program before the first task uses it.
  expect(sha256(text)).toMatchInlineSnapshot(`"4d9dd001384a5dbfa49f076a4d61805e95f8cb918e4465cb36ed5160105fa7ac"`)
})
