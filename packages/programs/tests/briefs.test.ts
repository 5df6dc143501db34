import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bundleNamedPrograms } from '../build.ts'
import { namedPrograms } from '../src/briefs/namedPrograms.ts'
import { decodeGif, encodeGif } from '../src/briefs/pictures/gif.ts'
import type { Frame, Picture } from '../src/briefs/pictures/Picture.ts'
import { decodePng, encodePng } from '../src/briefs/pictures/png.ts'
import { decodeWav, encodeWav } from '../src/briefs/sound/wav.ts'
import { createRandom } from '../src/environment/createRandom.ts'
import type { ProgramContext } from '../src/Program.ts'

/*
 * The stages of briefs, on media of each kind. That engines compute the same bytes, and that a browser reads the files, is in
 * sameBytes.test.ts.
 */

type Name = keyof typeof namedPrograms
type Result = Record<string, unknown> & { image_url: string; video_url: string; audio_url: string; text: string }
const context: ProgramContext = {
  ...{ progress: () => {}, checkpoint: () => {}, resumed: null },
  ...{ random: createRandom('0'.repeat(32)), signal: { aborted: false } },
}
const run = async (name: Name, input: unknown) => (await namedPrograms[name](input, context)) as unknown as Result
/** As the engine feeds stages: the first with the input, each other with it and the result before. */
const runStages = async (names: readonly Name[], input: unknown): Promise<Result> => {
  const [first = 'analysis', ...rest] = names
  let previous = await run(first, input)
  for (const name of rest) previous = await run(name, { input, previous })
  return previous
}
const bytesOf = (url: string) => new Uint8Array(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'))
const dataUrl = (type: string, bytes: Uint8Array) => `data:${type};base64,${Buffer.from(bytes).toString('base64')}`
const brief = (mediaType: string, metadata: object = {}, more: object = {}) => ({
  ...{ title: 'A title', description: '', query: 'What is asked.', mediaType, metadata, ...more },
})

const paint = (width: number, height: number, pixel: (x: number, y: number) => readonly number[]): Picture => {
  const rgba = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++)
    rgba.set([...pixel(i % width, Math.floor(i / width)), 255].slice(0, 4), i * 4)
  return { width, height, rgba }
}
const shades = paint(48, 32, (x, y) => [60 + x * 2, 60 + y * 4, 90])
const png = dataUrl('image/png', encodePng(shades))
/** Six dark frames, then six bright ones. */
const movie: Frame[] = Array.from({ length: 12 }, (_, n) => ({
  ...paint(40, 30, (x) => [n < 6 ? 0 : 204, n < 6 ? x : 213, 51]),
  milliseconds: 50,
}))
const gif = dataUrl('image/gif', encodeGif(movie))
const RATE = 8000
/** A tenth of a second of silence, half a second of a tone at a tenth of full scale, silence again. */
const tone = Float64Array.from({ length: 5600 }, (_, i) => (i < 800 || i >= 4800 ? 0 : i % 20 < 10 ? 0.1 : -0.1))
const wav = dataUrl('audio/wav', encodeWav(tone, RATE))

const story = `The lighthouse stood on a rock. The keeper of the lighthouse was old, and the lighthouse was older.

Every night the keeper climbed the stairs and lit the lamp! Was it cold? It was cold.`

describe('text', () => {
  test('SW-21: its analysis counts what there is', async () => {
    expect(await run('analysis', brief('text', { text: story }))).toEqual({
      mediaType: 'text',
      text: {
        ...{ characters: story.length, words: 35, distinctWords: 20, sentences: 5, paragraphs: 2 },
        ...{ wordsPerSentence: 7, readingSeconds: 10 },
      },
    })
    // Without a text of its own it is the brief's words.
    expect(await run('analysis', brief('text'))).toMatchObject({ text: { words: 3, sentences: 1 } })
  })

  test('SW-27: its text analysis finds key terms and the sentences that hold most of it, in their order', async () => {
    expect(await run('text_analysis', brief('text', { text: story }))).toMatchObject({
      keyTerms: [
        { term: 'lighthouse', count: 3 },
        { term: 'cold', count: 2 },
        { term: 'keeper', count: 2 },
        ...['climbed', 'lamp', 'lit', 'night', 'old', 'older', 'rock', 'stairs', 'stood'].map((term) => ({
          term,
          count: 1,
        })),
      ],
      summary: [
        'The lighthouse stood on a rock.',
        'The keeper of the lighthouse was old, and the lighthouse was older.',
        'Every night the keeper climbed the stairs and lit the lamp!',
      ],
    })
    const words = 'Größe, größe: der Leuchtturm’s «Größe» 東京。東京は'
    expect(await run('text_analysis', brief('text', { text: words }))).toMatchObject({
      keyTerms: [
        { term: 'größe', count: 3 },
        { term: 'leuchtturm’s', count: 1 },
        { term: '東京は', count: 1 },
      ],
    })
  })

  test('SW-24, SW-32: three stages make a report of it, in which a text is no Markdown', async () => {
    const names = ['analysis', 'text_analysis', 'render'] as const
    const { text, format } = await runStages(names, brief('text', { text: `${story} <b>[x](y)</b>` }))
    expect(format).toBe('text/markdown')
    expect(text).toContain(
      '# A title\n\n39 words in 6 sentences, about 1 min to read.\n\n## Summary\n\n- The lighthouse',
    )
    expect(text).toContain('| lighthouse | 3 |')
    expect(text).toContain('\\<b\\>\\[x\\]\\(y\\)')
    expect(text).not.toMatch(/[^\\][<[]/)
  })
})

describe('pictures', () => {
  test('SW-21, SW-22, SW-26, SW-31: analysis, preparation and processing of an image, and its rendering with its title', async () => {
    expect(await run('analysis', brief('image', { image_url: png }))).toMatchObject({
      image: { width: 48, height: 32, transparent: false, brightness: 114 },
    })
    const wide = paint(2048, 10, () => [1, 2, 3])
    expect(await run('asset_prep', brief('image', { image_url: dataUrl('image/png', encodePng(wide)) }))).toMatchObject(
      {
        ...{ width: 1024, height: 5 },
      },
    )
    const stages = ['analysis', 'asset_prep', 'image_processing', 'render'] as const
    const bytes = bytesOf((await runStages(stages, brief('image', { image_url: png }))).image_url)
    expect(Buffer.from(bytes).toString('latin1')).toContain('iTXtTitle\0\0\0\0\0A title')
    const { rgba } = decodePng(bytes)
    expect([Math.min(...rgba), rgba.length]).toEqual([0, shades.rgba.length])

    const after = async (...operations: string[]) =>
      decodePng(bytesOf((await run('image_processing', brief('image', { image_url: png, operations }))).image_url)).rgba
    expect(await after()).toEqual(shades.rgba)
    expect(await after('invert', 'invert')).toEqual(shades.rgba)
    expect((await after('invert'))[0]).toBe(195)
    expect([...(await after('grayscale')).subarray(0, 4)]).toEqual([63, 63, 63, 255])
    expect((await after('blur'))[0]).toBe(61)
    await expect(after('melt')).rejects.toThrow('metadata.operations must be a list')
  })

  test('PNG: what was written is read again, with alpha and without; what is broken is refused', () => {
    const glass = { ...shades, rgba: shades.rgba.map((value, i) => (i % 4 === 3 ? i % 251 : value)) }
    for (const picture of [shades, glass]) expect(decodePng(encodePng(picture))).toEqual(picture)
    const bytes = encodePng(shades)
    for (const broken of [
      bytes.subarray(0, -20),
      bytes.map((byte, i) => (i > 60 && i < 80 ? 0 : byte)),
      new Uint8Array(9),
    ])
      expect(() => decodePng(broken)).toThrow(RangeError)
    // A bomb takes no more memory than it says: this one says 48 x 2, and unpacks to more.
    const bomb = bytes.slice()
    bomb[23] = 2
    expect(decodePng(bomb).rgba).toEqual(shades.rgba.subarray(0, 48 * 2 * 4))
    bomb.set([0x7f, 0xff], 16)
    expect(() => decodePng(bomb)).toThrow('has more than 8388608 pixels')
  })
})

test('PNG: all five filters of another’s making are undone', () => {
  const pixels = Uint8Array.from({ length: 5 * 9 * 3 }, (_, i) => ((i * i * 37 + i * 11) % 5) * 50)
  const [stride, lines] = [27, [] as number[]]
  for (let y = 0; y < 5; y++) {
    lines.push(y)
    for (let i = 0; i < stride; i++) {
      const at = (dx: number, dy: number) => (i < 3 * dx || y < dy ? 0 : (pixels[(y - dy) * stride + i - 3 * dx] ?? 0))
      const [a, b, c] = [at(1, 0), at(0, 1), at(1, 1)]
      // Of the neighbours that are closest to a + b - c the first.
      const closest = [a, b, c].reduce((best, one) =>
        Math.abs(a + b - c - one) < Math.abs(a + b - c - best) ? one : best,
      )
      lines.push((at(0, 0) - ([0, a, b, (a + b) >> 1, closest][y] ?? 0)) & 255)
    }
  }
  const chunk = (kind: string, data: Uint8Array) => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(data.length)
    return [size, Buffer.from(kind), data, Buffer.alloc(4)]
  }
  const head = Uint8Array.of(0, 0, 0, 9, 0, 0, 0, 5, 8, 2, 0, 0, 0)
  const data = deflateSync(Uint8Array.from(lines))
  const parts = [
    encodePng(shades).subarray(0, 8),
    ...chunk('IHDR', head),
    ...chunk('IDAT', data),
    ...chunk('IEND', head),
  ]
  const { rgba } = decodePng(new Uint8Array(Buffer.concat(parts)))
  expect(rgba.filter((_, i) => i % 4 !== 3)).toEqual(pixels)
})

describe('video', () => {
  test('GIF: a file of another’s making is read, and what was written is read again', () => {
    // The sample of M. Flickinger's "What's in a GIF": red, blue and white squares of a palette of four.
    const sample =
      '4749463839610a000a00910000ffffffff00000000ff00000021f904000000000' +
      '02c000000000a000a000002168c2d99872a1cdc33a00275ec95faa8de608c04914c01003b'
    const [frame, ...more] = decodeGif(new Uint8Array(Buffer.from(sample, 'hex')))
    const row = (y: number) =>
      Array.from({ length: 10 }, (_, x) => {
        const [r, , b] = frame?.rgba.subarray((y * 10 + x) * 4, (y * 10 + x) * 4 + 3) ?? []
        return r === 255 ? (b === 255 ? 'w' : 'r') : 'b'
      }).join('')
    expect([row(0), row(3), row(9), more.length]).toEqual(['rrrrrbbbbb', 'rrrwwwwbbb', 'bbbbbrrrrr', 0])
    const again = [...decodeGif(encodeGif(movie))]
    expect(again.map(({ milliseconds }) => milliseconds)).toEqual(Array(12).fill(50))
    // Colours of the palette stay what they are, so a second pass changes nothing.
    expect(again[8]?.rgba.subarray(0, 4)).toEqual(Uint8Array.of(204, 213, 51, 255))
    expect([...decodeGif(encodeGif(again))]).toEqual(again)
    const noise = createRandom('1'.repeat(32))
    const busy = [{ ...paint(120, 90, () => [noise() * 256, noise() * 256, noise() * 256]), milliseconds: 100 }]
    expect([...decodeGif(encodeGif([...decodeGif(encodeGif(busy))]))]).toEqual([...decodeGif(encodeGif(busy))])
    expect(() => [...decodeGif(encodeGif(movie).fill(0x77, 800, 900))]).toThrow(RangeError)
  })

  test('SW-48, SW-21, SW-23: metadata.video_url is its source: its scenes are found, each with a picture on the storyboard', async () => {
    const input = brief('text', { video_url: gif })
    const scenes = [
      { from: 0, frames: 6, milliseconds: 300 },
      { from: 6, frames: 6, milliseconds: 300 },
    ]
    expect(await run('analysis', input)).toMatchObject({
      mediaType: 'video',
      video: { frames: 12, milliseconds: 600, scenes },
    })
    const board = (await run('storyboard', input)).scenes as { image_url: string }[]
    expect(board).toMatchObject(scenes)
    expect(board.map(({ image_url }) => decodePng(bytesOf(image_url)).rgba[0])).toEqual([0, 204])
    expect(await run('storyboard', brief('text', {}, { query: 'One thing. Another.' }))).toMatchObject({
      scenes: [{ caption: 'A title' }, { caption: 'One thing.' }, { caption: 'Another.' }],
    })
  })

  test('SW-25, SW-29: four stages make a shorter video of it, with fades; of a picture a slow zoom; of words title cards', async () => {
    const stages = ['analysis', 'asset_prep', 'video_generation', 'render'] as const
    const made = async (input: unknown) => {
      const { video_url, ...told } = await runStages(stages, input)
      return { told, frames: [...decodeGif(bytesOf(video_url))], bytes: bytesOf(video_url) }
    }
    const cut = await made(brief('video', { video_url: gif }))
    expect(cut.told).toMatchObject({ format: 'image/gif', frames: 16, seconds: 0.84 })
    expect(cut.frames.map(({ rgba }) => rgba[0])).toEqual([...Array(6).fill(0), 0, 51, 102, 153, ...Array(6).fill(204)])
    expect(Buffer.from(cut.bytes).toString('latin1')).toContain('A title')
    const zoom = await made(brief('video', { video_url: png }))
    expect([zoom.frames.length, zoom.told.seconds]).toEqual([40, 3.2])
    const cards = await made(brief('video', {}, { title: 'Ärger, naïve', query: 'Über alles?' }))
    // Three steps and a card that stays, twice; letters are white, the ground is dark blue.
    expect(cards.told).toMatchObject({ frames: 8, seconds: 3.36 })
    const white = cards.frames.map(({ rgba }) => rgba.filter((value, i) => i % 4 === 0 && value === 255).length)
    expect(white).toEqual([0, 0, 0, expect.any(Number), 0, 0, 0, expect.any(Number)])
    expect(white[3]).toBeGreaterThan(1000)
    // A sentence without an end has no more than two cards.
    const endless = brief('video', {}, { title: '', query: 'word '.repeat(2000) })
    expect(await run('video_generation', endless)).toMatchObject({ frames: 8, milliseconds: 8360 })
    await expect(made(brief('video', {}, { query: '東京' }))).rejects.toThrow('letters that title cards cannot show')
  })
})

describe('sound', () => {
  test('SW-21, SW-22, SW-24, SW-31: analysis, preparation and rendering of a sound', async () => {
    const input = brief('audio', { audio_url: wav })
    expect(await run('analysis', input)).toMatchObject({
      audio: { sampleRate: 8000, channels: 1, bits: 16, seconds: 0.7, peak: 0.1, level: 0.0845, silence: 0.2857 },
    })
    const prepared = decodeWav(bytesOf((await run('asset_prep', input)).audio_url)).channels[0] ?? []
    expect([prepared.length, prepared[0]?.toFixed(3)]).toEqual([4000, '0.891'])
    const { audio_url, ...told } = await runStages(['analysis', 'asset_prep', 'render'], input)
    expect(told).toEqual({ mediaType: 'audio', format: 'audio/wav', seconds: 0.5 })
    const [first, middle] = [
      decodeWav(bytesOf(audio_url)).channels[0]?.[0],
      decodeWav(bytesOf(audio_url)).channels[0]?.[2000],
    ]
    expect([first?.toFixed(3), middle?.toFixed(3)]).toEqual(['0.002', '0.891'])
    expect(Buffer.from(bytesOf(audio_url)).toString('latin1')).toContain('INFOINAM\b\0\0\0A title\0')
  })

  test('WAV of 8, 16, 24 and 32 bits and of two channels is read; what is none is refused', () => {
    const file = (bits: number, channels: number, samples: number[]) => {
      const format = Buffer.alloc(16)
      format.writeUInt16LE(1, 0)
      format.writeUInt16LE(channels, 2)
      format.writeUInt32LE(RATE, 4)
      format.writeUInt16LE(bits, 14)
      const size = (length: number) => Buffer.from(Uint32Array.of(length).buffer)
      const parts = ['RIFF', size(0), 'WAVEfmt ', size(16), format, 'data', size(samples.length), Buffer.from(samples)]
      return new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))))
    }
    const half = { 8: [192], 16: [0, 64], 24: [0, 0, 64], 32: [0, 0, 0, 64] }
    for (const [bits, sample] of Object.entries(half)) {
      const { channels } = decodeWav(file(Number(bits), 2, [...sample, ...sample, ...sample, ...sample]))
      expect(channels, bits).toEqual([Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.5)])
    }
    for (const [bits, channels] of [
      [12, 1],
      [16, 9],
      [16, 0],
    ] as const)
      expect(() => decodeWav(file(bits, channels, [0, 0]))).toThrow(RangeError)
    expect(() => decodeWav(new Uint8Array(60))).toThrow('is no WAV')
  })
})

describe('refused, with the field', () => {
  test.each<[string, Name, unknown]>([
    ['input', 'analysis', null],
    ['mediaType', 'analysis', brief('smell')],
    ['metadata', 'analysis', { metadata: [] }],
    ['title', 'analysis', { title: 5 }],
    ['metadata.image_url', 'analysis', brief('image', { image_url: 'https://evil.example/x.png' })],
    ['metadata.image_url', 'asset_prep', brief('image', { image_url: 'data:image/png;base64,&&&&' })],
    ['metadata.image_url', 'image_processing', brief('text')],
    ['image', 'analysis', brief('image', { image_url: wav })],
    ['video', 'analysis', brief('video', { video_url: wav })],
    ['audio', 'asset_prep', brief('audio', { audio_url: png })],
    ['metadata', 'video_generation', brief('audio', { audio_url: wav })],
    ['metadata', 'storyboard', brief('audio', { audio_url: wav })],
  ])('%s, by %s', async (field, name, input) => {
    await expect(run(name, input)).rejects.toThrow(`The input's ${field} `)
  })
})

test('each is one file of at most 64 kB that the engine keeps, and none is built in', async () => {
  const bundled = await bundleNamedPrograms()
  expect(Object.keys(bundled)).toEqual(Object.keys(namedPrograms))
  for (const { source } of Object.values(bundled)) expect(source.length).toBeLessThanOrEqual(65_536)
})
