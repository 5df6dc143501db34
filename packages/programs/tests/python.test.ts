import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from '@oblivion/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtinPrograms, type RaytraceInput, runProgram } from '../src/index.ts'
import { scenes } from '../src/raytrace/scene.ts'
import { createTracer } from '../src/raytrace/trace.ts'

// The ports of apps/python-worker, held against the programs here.

const python = process.env.PYTHON_PATH ?? '/usr/bin/python3'
const cwd = fileURLToPath(new URL('../../../apps/python-worker', import.meta.url))

/** Runs Python beside the worker's package, writes `lines` to it, and answers the lines that it writes. */
const run = async (args: string[], lines: readonly string[] = []): Promise<string[]> => {
  const child = spawn(python, args, { cwd, env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' } })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const ended = once(child, 'close')
  const said: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => said.push(line))
  for (const line of lines) child.stdin.write(`${line}\n`)
  child.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}\n${complaints.join('')}`)
  return said
}

/** What each line, a JSON value, becomes by a function of the package. */
const each = (from: string, call: string, values: readonly unknown[]): Promise<string[]> =>
  run(
    ['-c', `import json, sys\n${from}\nfor line in sys.stdin: print(json.dumps(${call}))`],
    values.map((value) => JSON.stringify(value)),
  )

const room = { scene: 'room', width: 320, height: 180, x: 0, y: 0, tileWidth: 8, tileHeight: 6, samples: 4 } as const
const cut = fc
  .record({ width: fc.integer({ min: 1, max: 900 }), height: fc.integer({ min: 1, max: 900 }) })
  .chain(({ width, height }) =>
    fc
      .record({ x: fc.integer({ min: 0, max: width - 1 }), y: fc.integer({ min: 0, max: height - 1 }) })
      .chain(({ x, y }) =>
        fc.record({
          ...{ scene: fc.constant('room' as const), width: fc.constant(width), height: fc.constant(height) },
          ...{ x: fc.constant(x), y: fc.constant(y), samples: fc.integer({ min: 1, max: 9 }) },
          tileWidth: fc.integer({ min: 1, max: Math.min(8, width - x) }),
          tileHeight: fc.integer({ min: 1, max: Math.min(8, height - y) }),
        }),
      ),
  )

describe('Python computes what JavaScript does, byte for byte', () => {
  test('tiles of every part of the room, and of pictures of any size', async () => {
    const inputs: RaytraceInput[] = [
      // Each sphere, the lamp, both lights in mirrors and glass, floor, walls and ceiling lie in one of these.
      ...Array.from({ length: 48 }, (_, i) => ({ ...room, x: (i % 8) * 40 + 16, y: Math.floor(i / 8) * 30 + 12 })),
      { ...room, samples: 100, tileWidth: 2, tileHeight: 2, x: 150, y: 110 },
      ...fc.sample(cut, 30),
    ]
    const tiles = await each(
      'from oblivion_worker.programs import PROGRAMS',
      "PROGRAMS['raytrace'](json.loads(line), lambda share: None)",
      inputs,
    )
    expect(tiles).toHaveLength(inputs.length)
    for (const [place, tile] of tiles.entries()) {
      expect(canonicalJson(JSON.parse(tile)), JSON.stringify(inputs[place])).toBe(
        canonicalJson(await runProgram('raytrace', inputs[place])),
      )
    }
  })

  test('the light of a pixel to the last bit, of which its bytes show but the first eight', async () => {
    const pixels = Array.from({ length: 150 }, (_, i) => ({ x: (i % 15) * 21 + 9, y: Math.floor(i / 15) * 18 + 7 }))
    const tracePixel = createTracer(scenes.room, 320, 180, 8)
    const light = pixels.map(({ x, y }) => {
      const linear = new Float64Array(3)
      tracePixel(x, y, linear)
      return [...linear]
    })
    const seen = await each(
      "from oblivion_worker.raytrace.scene import SCENES\nfrom oblivion_worker.raytrace.tracer import create_tracer\ntrace_pixel = create_tracer(SCENES['room'], 320, 180, 8)",
      'trace_pixel(**{"p" + name: place for name, place in json.loads(line).items()})',
      pixels,
    )
    expect(seen.map((line) => JSON.parse(line))).toEqual(light)
  })

  test('what it refuses, in the same words: two owners confirm a failure by them', async () => {
    const inputs: unknown[] = [
      ...[null, [], 'room', {}, { ...room, scene: 'no' }, { ...room, scene: ['room'] }, { ...room, width: 0 }],
      ...[
        { ...room, width: 8193 },
        { ...room, x: 320 },
        { ...room, y: -1 },
        { ...room, tileWidth: 1.5 },
      ],
      ...[
        { ...room, tileHeight: 181 },
        { ...room, samples: true },
        { ...room, samples: '4' },
        { ...room, samples: 4097 },
      ],
      { ...room, width: 1000, height: 1000, tileWidth: 200, tileHeight: 100 },
    ]
    const refused = (input: unknown) => runProgram('raytrace', input).catch((error: Error) => error.message)
    const words = await each(
      'from oblivion_worker.raytrace.read_input import read_raytrace_input\ndef refusal(value):\n  try: read_raytrace_input(value)\n  except Exception as error: return str(error)',
      'refusal(json.loads(line))',
      inputs,
    )
    expect(words.map((line) => JSON.parse(line))).toEqual(await Promise.all(inputs.map(refused)))
    // As jsonb may write a whole number, which JSON.parse reads as one.
    const [tile = ''] = await run(
      [
        '-c',
        'import json\nfrom oblivion_worker.programs import PROGRAMS\nprint(json.dumps(PROGRAMS["raytrace"](json.loads(input()), print)))',
      ],
      [JSON.stringify(room).replace('"samples":4', '"samples":4.0')],
    ).then((said) => said.slice(-1))
    expect(JSON.parse(tile)).toEqual(await runProgram('raytrace', room))
  })

  test('canonical JSON', async () => {
    const bits = new DataView(new ArrayBuffer(8))
    const double = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((word) => {
      bits.setBigUint64(0, word)
      const value = bits.getFloat64(0)
      return Number.isFinite(value) ? value : 0
    })
    const edges = [
      5e-324, 1.7976931348623157e308, 9007199254740992, 1e21, 1e-6, 1e-7, 999999999999999700000, 0.1, -0, 100, 1e20,
    ]
    const values = [
      ...[
        edges,
        edges.map((value) => -value),
        { '\u20ac': 1, '\r': 2, '\ufb33': 3, '\ud83d\ude00': 4 },
        '\u007f\u2028\b\u001f"\\/',
      ],
      ...fc.sample(fc.jsonValue({ stringUnit: 'binary' }), 200),
      fc.sample(double, 1000),
    ]
    const texts = await each(
      'from oblivion_worker.canonical_json import canonical_json',
      'canonical_json(json.loads(line))',
      values,
    )
    expect(texts.map((line) => JSON.parse(line))).toEqual(values.map((value) => canonicalJson(value)))
  })
})

test('a stored input is read as JavaScript reads it, and refused in the words that every node has', async () => {
  const texts = [
    ...['\ufeff{"n":1}', '\ufeff\ufeff1', '{"n":NaN}', '[Infinity]', '-Infinity', '[1e400]', '[1e22,9007199254740993]'],
    ...[`[${'7'.repeat(5000)}]`, '{"n":', '"\ud800"', '"\\ud800"', '-0', '01', ''],
    ...[64, 65, 66, 50_000].map((levels) => '['.repeat(levels) + ']'.repeat(levels)),
  ]
  const isDeep = (value: unknown, levels: number): boolean =>
    Array.isArray(value) && (levels === 0 || value.some((member) => isDeep(member, levels - 1)))
  const read = (text: string): string => {
    try {
      const value = JSON.parse(new TextDecoder().decode(new TextEncoder().encode(text)))
      return isDeep(value, 64) ? 'Its stored input is nested deeper than 64 levels.' : JSON.stringify(value)
    } catch {
      return 'Its stored input is no JSON.'
    }
  }
  const said = await each(
    [
      'import hashlib',
      'from oblivion_worker.read_input import InputFault, read_input',
      'def read(found):',
      '  api = type("Api", (), {"stored": lambda self, place, ends_at: found})()',
      '  try: return read_input(api, {"inputUrl": "x/" + hashlib.sha256(found).hexdigest()}, 0)',
      '  except InputFault as fault: return str(fault)',
    ].join('\n'),
    'read(bytes(json.loads(line)))',
    texts.map((text) => [...new TextEncoder().encode(text)]),
  )
  // Numbers beyond a double are infinite to both, and their neighbours the same double.
  const shown = (line: string) => JSON.stringify(JSON.parse(line.replaceAll('Infinity', '1e400')))
  expect(said.map(shown)).toEqual(
    texts.map((text) => shown(read(text).startsWith('Its') ? JSON.stringify(read(text)) : read(text))),
  )
})

test('every built-in program has its port', async () => {
  const names = await run(['-c', 'from oblivion_worker.programs import PROGRAMS\nprint(*sorted(PROGRAMS))'])
  expect(names).toEqual([Object.keys(builtinPrograms).sort().join(' ')])
})

test('its own tests pass', async () => {
  // It says how many on the channel for complaints, and fails by its exit code.
  expect(await run(['-W', 'error', '-m', 'unittest', 'discover', 'tests'])).toEqual([])
})
