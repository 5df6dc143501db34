import { createHash } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleNamedPrograms, bundlePrograms, bundleSupport } from '../build.ts'
import { namedPrograms } from '../src/briefs/namedPrograms.ts'
import { decodePng } from '../src/briefs/pictures/png.ts'
import { raytraceInputs, runProgram } from '../src/index.ts'
import { launchChromium } from './chromium.ts'

const inputs = raytraceInputs({ width: 320, height: 180, tileWidth: 80, tileHeight: 60, samples: 8 })
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await launchChromium()
  page = await browser.newPage()
})
afterAll(() => browser.close())

/** What programs, each of the result before, make of each input in a worker of Chromium, as JSON. */
const computeInChromium = async (
  programs: readonly { source: string; support: string | null }[],
  inputs: readonly unknown[],
): Promise<string[]> =>
  page.evaluate(
    async ({ programs, inputs }) => {
      // A classic worker that imports a blob of its own making, as the sandbox does it: an opaque origin has no more.
      const worker = new Worker(
        URL.createObjectURL(
          new Blob([
            `const load = async (source) =>
              (await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))).default
            onmessage = async ({ data: { programs, input } }) => {
              let result
              for (const [number, { source, support }] of programs.entries()) {
                const program = await load(source)
                if (support !== null) (await load(support))()
                result = await program(number === 0 ? input : { input, previous: result }, { progress() {} })
              }
              postMessage(JSON.stringify(result))
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
            worker.postMessage({ programs, input })
          }),
        )
      }
      return results
    },
    { programs, inputs },
  )

test('the built program computes in a Chromium worker what the source computes in Node, byte for byte', async () => {
  const { raytrace } = await bundlePrograms()
  const inChromium = await computeInChromium([{ source: raytrace?.source ?? '', support: null }], inputs)
  const inNode = await Promise.all(inputs.map(async (input) => JSON.stringify(await runProgram('raytrace', input))))
  expect(inChromium.map(sha256)).toEqual(inNode.map(sha256))
})

test('so do the stages of briefs, and the browser reads the files that they make', async () => {
  const [named, { js }] = await Promise.all([bundleNamedPrograms(), bundleSupport()])
  // A picture that another encoder wrote, with all filters of PNG that it knows.
  const picture = await page.evaluate(() => {
    const canvas = new OffscreenCanvas(96, 64)
    const context = canvas.getContext('2d')
    const shade = context?.createLinearGradient(0, 0, 96, 64)
    shade?.addColorStop(0, '#803010')
    shade?.addColorStop(1, '#2060c0')
    if (context === null || shade === undefined) throw new Error('nothing to paint on')
    context.fillStyle = shade
    context.fillRect(0, 0, 96, 64)
    context.fillStyle = '#ffffff80'
    context.arc(48, 32, 20, 0, 6)
    context.fill()
    const pixels = [...context.getImageData(0, 0, 96, 64).data]
    return canvas.convertToBlob().then(
      (blob) =>
        new Promise<{ url: string; pixels: number[] }>((resolve) => {
          const reader = new FileReader()
          reader.onload = () => resolve({ url: String(reader.result), pixels })
          reader.readAsDataURL(blob)
        }),
    )
  })
  const bytes = Buffer.from(picture.url.slice(picture.url.indexOf(',') + 1), 'base64')
  expect([...decodePng(bytes).rgba]).toEqual(picture.pixels)

  const sound = Buffer.alloc(844)
  sound.write(
    'RIFF\x44\x03\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x20\x03\0\0',
    'latin1',
  )
  for (let i = 0; i < 400; i++) sound.writeInt16LE((i % 40) * 300 - 6000, 44 + i * 2)
  const words = { title: 'Ein Größtes', query: 'One thing after another. Größe, twice: Größe!', description: '' }
  const briefs: [(keyof typeof namedPrograms)[], object][] = [
    [['analysis', 'text_analysis', 'render'], { mediaType: 'text' }],
    [['analysis', 'asset_prep', 'image_processing', 'render'], { metadata: { image_url: picture.url } }],
    [
      ['analysis', 'asset_prep', 'render'],
      { metadata: { audio_url: `data:audio/wav;base64,${sound.toString('base64')}` } },
    ],
    [['analysis', 'asset_prep', 'video_generation', 'render'], { mediaType: 'video' }],
  ]
  const context = { progress() {}, checkpoint() {}, resumed: null, random: () => 0, signal: { aborted: false } }
  const files: Record<string, string> = {}
  for (const [names, more] of briefs) {
    const input = { ...words, ...more }
    let inNode: unknown
    for (const [number, name] of names.entries())
      inNode = await namedPrograms[name](number === 0 ? input : { input, previous: inNode }, context)
    const programs = names.map((name) => ({ source: named[name].source, support: js.source }))
    const [inChromium] = await computeInChromium(programs, [input])
    expect(inChromium, names.join()).toEqual(JSON.stringify(inNode))
    Object.assign(files, inNode)
  }
  const read = await page.evaluate(async ({ image_url, video_url, audio_url }) => {
    const blob = async (url = '') => (await fetch(url)).blob()
    const size = async (url?: string) => {
      const { width, height } = await createImageBitmap(await blob(url))
      return [width, height]
    }
    const { length } = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(
      await (await blob(audio_url)).arrayBuffer(),
    )
    return { image: await size(image_url), video: await size(video_url), samples: length }
  }, files)
  expect(read).toEqual({ image: [96, 64], video: [256, 144], samples: 400 })
})

test('a tile at the demo settings has the bytes that it always had', async () => {
  const tile = raytraceInputs({ width: 1280, height: 720, tileWidth: 160, tileHeight: 90, samples: 64 })[36]
  const text = JSON.stringify(await runProgram('raytrace', tile))
  expect(text.length).toBeLessThan(64_000)
  // Changes whenever the picture does: then every node must have the new program before the first task uses it.
  expect(sha256(text)).toMatchInlineSnapshot(`"4d9dd001384a5dbfa49f076a4d61805e95f8cb918e4465cb36ed5160105fa7ac"`)
})
