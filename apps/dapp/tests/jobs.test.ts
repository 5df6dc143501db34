import { canonicalJson, InvalidInputError, sha256Hex, TooManyError } from '@oblivion/core'
import { runProgram } from '@oblivion/programs'
import { expect, test } from 'vitest'
import { formatBytes } from '../src/features/format/formatBytes.ts'
import {
  attemptStart,
  attemptTime,
  attemptWho,
  attemptWords,
  noAttemptsSentence,
} from '../src/features/jobs/attemptWords.ts'
import { chunkDetail } from '../src/features/jobs/chunkDetail.ts'
import { countedSentence } from '../src/features/jobs/countedSentence.ts'
import { downloadResults } from '../src/features/jobs/downloadResults.ts'
import { chunkAt, gridHeight, gridShape } from '../src/features/jobs/drawChunks.ts'
import { confirmedSentence, unconfirmedSentence } from '../src/features/jobs/failureWords.ts'
import { forecastSentence, replicasSentence } from '../src/features/jobs/forecastSentence.ts'
import { firstNeedsForm, planNeeds } from '../src/features/jobs/needsDraft.ts'
import { firstTerms, readRepeat, withTerms } from '../src/features/jobs/orderTerms.ts'
import {
  firstPictureForm,
  pictureSizes,
  pictureTask,
  planPicture,
  tileSizes,
} from '../src/features/jobs/pictureDraft.ts'
import { previewLines } from '../src/features/jobs/previewLines.ts'
import { capSentence, firstPriceForm, planPrice } from '../src/features/jobs/priceDraft.ts'
import { priceSplit } from '../src/features/jobs/priceSplit.ts'
import {
  heldSentence,
  meteredSentence,
  priceWords,
  returnedSentence,
  spentSentence,
} from '../src/features/jobs/priceWords.ts'
import {
  canPost,
  firstProgramForm,
  nextStage,
  type ProgramForm,
  planProgram,
  programTask,
  type RangeForm,
  type StageForm,
} from '../src/features/jobs/programDraft.ts'
import { failedPages, readFailures } from '../src/features/jobs/readFailures.ts'
import { refusalOf } from '../src/features/jobs/refusal.ts'
import { resultFile, resultFormats, resultLine } from '../src/features/jobs/resultFile.ts'
import { firstRunForm, planRun } from '../src/features/jobs/runDraft.ts'
import { fileName } from '../src/features/jobs/saveFile.ts'
import { rhythmOf, scheduleState, schedulesSentence } from '../src/features/jobs/scheduleWords.ts'
import { taskSentence, tasksSentence } from '../src/features/jobs/taskSentence.ts'
import { termsSentence } from '../src/features/jobs/termsSentence.ts'
import { readWasmModule } from '../src/features/jobs/wasmModule.ts'

const none = { blocked: 0, pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 }

test('the plan of every choice is what is posted', () => {
  for (const { key: size } of pictureSizes) {
    for (const { key: tile } of tileSizes) {
      const form = { ...firstPictureForm, size, tile }
      const plan = planPicture(form)
      const task = pictureTask(form, { pricePerChunk: 10_000n })
      expect(task.inputs).toHaveLength(plan.tiles)
      expect(task.budget).toBe(10_000n * BigInt(plan.tiles))
    }
  }
  expect(planPicture(firstPictureForm)).toMatchObject({ tiles: 64, columns: 8, rows: 8 })
})

test('an empty title gets the demo’s own', () => {
  expect(pictureTask({ ...firstPictureForm, title: '  ' }, { pricePerChunk: 1n }).title).toBe('Path-traced room')
})

test.each(['', '0', '0.0', '-1', '1,5', '0.1234567', 'much'])('a price of "%s" is refused in words', (price) => {
  const plan = planPrice({ ...firstPriceForm, price })
  expect(plan).toMatchObject({ most: null, terms: null })
  expect(plan.priceProblem).toMatch(/^Enter/)
})

test('a metered price is a cap, with the highest price per hour where one is named', () => {
  const metered = { ...firstPriceForm, pricing: 'metered' as const, price: '0.02' }
  const plan = planPrice(metered)
  expect(plan).toMatchObject({ metered: true, most: 20_000n, perHour: null, perHourProblem: null })
  expect(plan.terms).toEqual({ metered: { maxPricePerChunk: 20_000n } })
  expect(planPrice({ ...metered, perHour: ' 0.1 ' }).terms).toEqual({
    metered: { maxPricePerChunk: 20_000n },
    maxPricePerHour: 100_000n,
  })
  for (const perHour of ['0', 'much', '-1', '0.1234567']) {
    const wrong = planPrice({ ...metered, perHour })
    expect(wrong).toMatchObject({ most: 20_000n, terms: null })
    expect(wrong.perHourProblem).toMatch(/^Enter .* Leave it empty for any\.$/)
  }
  // What a fixed price does not show does not stop it.
  expect(planPrice({ ...metered, pricing: 'fixed', perHour: 'much' }).terms).toEqual({ pricePerChunk: 20_000n })
  const task = pictureTask(firstPictureForm, { metered: { maxPricePerChunk: 20_000n } })
  expect(task).toMatchObject({ metered: { maxPricePerChunk: 20_000n }, budget: 1_280_000n })
  expect(task).not.toHaveProperty('pricePerChunk')
  expect(capSentence(10_000n, 100_000n, 'USDC')).toBe('At 0.1 USDC an hour it is reached after 6 min.')
})

test('what a task costs is said as it is paid', () => {
  const terms = { maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 300, priority: 0, replicas: 1, quorum: 1 }
  const needs = { capabilities: null, workerTypes: null, maxPricePerHour: null }
  const fixed = {
    ...{ pricePerChunk: 10_000n, metered: false, asset: 'chain' as const, stages: null, needs },
    terms: { ...terms, metered: false },
  }
  expect([priceWords(fixed), meteredSentence(fixed)]).toEqual(['0.01 USDC a chunk', null])
  const metered = { ...fixed, metered: true }
  expect(priceWords(metered)).toBe('At most 0.01 USDC a chunk')
  expect(priceWords({ ...metered, asset: 'test', terms: { ...fixed.terms, replicas: 3 } })).toBe(
    'At most 0.01 play USDC a job, 3 a chunk',
  )
  expect(meteredSentence(metered)).toBe(
    'Paid by time, at each worker’s price per hour; no job costs more than 0.01 USDC.',
  )
  expect(meteredSentence({ ...metered, needs: { ...needs, maxPricePerHour: 100_000n } })).toContain(
    'price per hour, 0.1 USDC an hour at most; no',
  )
  const spent = { spent: 7_001n, counts: { ...none, completed: 2 } }
  expect(spentSentence({ ...metered, ...spent })).toBe('For accepted chunks, about 0.0035 USDC each.')
  expect(spentSentence({ ...fixed, ...spent })).toBe('For accepted chunks.')
  // A confirmed failure is paid as well: by the completed ones alone each would cost too much.
  expect(spentSentence({ ...metered, ...spent, counts: { ...none, completed: 2, failed: 1 } })).toBe(
    'For accepted chunks, and for failures that two owners report alike.',
  )
  expect(spentSentence({ ...metered, ...spent, terms: { ...fixed.terms, replicas: 2 } })).toBe('For accepted chunks.')
  expect(spentSentence({ ...metered, spent: 0n, counts: none })).toBe('No chunk is accepted yet.')
})

test.each([
  [{ spent: 2n, held: 8n, finishedAt: null }, 'Reserved for chunks to come.', 'What is left returns at the end.'],
  [{ spent: 2n, held: 0n }, 'Nothing is reserved any more.', 'Back in your free balance.'],
  [{ spent: 10n, held: 0n }, 'Nothing is reserved any more.', 'All of it was spent.'],
  // Cancelled while chunks are in work.
  [{ spent: 2n, held: 3n }, 'Chunks in work keep theirs until they end.', 'Back in your free balance.'],
  [
    { spent: 0n, held: 10n },
    'Chunks in work keep theirs until they end.',
    'What chunks in work do not earn returns when they end.',
  ],
])('where a budget of 10 is, case %#', (money, held, returned) => {
  const task = { budget: 10n, finishedAt: '2026-11-29T00:00:00Z', ...money }
  expect([heldSentence(task), returnedSentence(task)]).toEqual([held, returned])
})

test('fee and reward sum to the cost, dust included', () => {
  expect(priceSplit(10_000n, 64, 500)).toEqual({ cost: 640_000n, fee: 32_000n, reward: 608_000n })
  expect(priceSplit(1n, 40, 500)).toEqual({ cost: 40n, fee: 2n, reward: 38n })
})

test('a task says how it stands', () => {
  const task = { status: 'running' as const, type: 'raytrace', chunkCount: 64, counts: { ...none, pending: 64 } }
  expect(taskSentence(task)).toBe('Waiting for a worker to take the first of 64 tiles.')
  expect(taskSentence({ ...task, counts: { ...none, processing: 1, pending: 63 } })).toBe('0 of 64 tiles are done.')
  expect(taskSentence({ ...task, counts: { ...none, completed: 1 } })).toBe('1 of 64 tiles is done.')
  expect(taskSentence({ ...task, status: 'paused' })).toBe('Paused with 0 of 64 tiles done.')
  expect(taskSentence({ ...task, status: 'paused', counts: { ...none, blocked: 62, processing: 2 } })).toBe(
    'Paused: 2 tiles in work will still be done and paid.',
  )
  expect(taskSentence({ ...task, status: 'completed' })).toBe('All 64 tiles are done.')
  expect(taskSentence({ ...task, status: 'cancelled', type: 'other' })).toBe('Cancelled with 0 of 64 chunks done.')
})

test('DJ-28: a list says what runs', () => {
  expect(tasksSentence([])).toContain('no task yet')
  expect(tasksSentence([{ status: 'completed' }])).toBe('Your task is not running any more.')
  expect(tasksSentence([{ status: 'completed' }, { status: 'failed' }])).toBe('None of your 2 tasks is running.')
  expect(tasksSentence([{ status: 'running' }, { status: 'running' }])).toBe('2 of your tasks are running.')
})

test('the grid takes the picture’s columns where they fit', () => {
  expect(gridShape(64, 246, 8)).toEqual({ columns: 8, cell: 28, gap: 3 })
  expect(gridShape(4, 246, 2).cell).toBe(32)
  expect(gridShape(10_000, 246, 100).columns).toBeLessThan(100)
  expect(gridShape(64, 0, 8).columns).toBe(1)
})

test('each square is found at its own place and nowhere else', () => {
  const shape = gridShape(10, 200, 4)
  for (let index = 0; index < 10; index++) {
    const step = shape.cell + shape.gap
    expect(chunkAt((index % 4) * step + 1, Math.floor(index / 4) * step + 1, 10, shape)).toBe(index)
  }
  expect(chunkAt(-1, 0, 10, shape)).toBeNull()
  expect(chunkAt(5000, 0, 10, shape)).toBeNull()
  expect(chunkAt(1, gridHeight(10, shape) + 10, 10, shape)).toBeNull()
})

test('a chunk tells who, when, which attempt and what it paid', () => {
  const facts = {
    chunkIndex: 36,
    verdict: 'unchecked' as const,
    resultHash: '00',
    provider: '0x90f79bf6eb2c4f870365e785982e1f101e93b906',
    attempt: 2,
    acceptedAt: '2026-11-24T12:00:00Z',
    reward: 9500n,
    storedBytes: null,
    readable: true,
  }
  expect(chunkDetail(36, 'c', facts, 'Tile', 'test')).toMatch(
    /^Tile 37: done by 0x90f7…b906 at \d\d:\d\d:\d\d, attempt 2, 0\.0095 play USDC to the worker\.$/,
  )
  expect(chunkDetail(36, 'c', { ...facts, readable: false }, 'Tile', 'chain')).toContain('cannot be drawn')
  expect(chunkDetail(36, 'c', undefined, 'Tile', 'chain')).toContain('being fetched')
  for (const letter of 'bprfx') expect(chunkDetail(0, letter, undefined, 'Tile', 'chain')).toMatch(/^Tile 1: \w+/)
})

test('failed chunks stand in pages, each with what was confirmed of it and nothing of others', async () => {
  expect(failedPages('ccpbrx')).toEqual([])
  const letters = `${'cf'.repeat(30)}`
  const pages = failedPages(letters)
  expect(pages.map((page) => page.length)).toEqual([25, 5])
  expect(pages.flat()).toEqual(Array.from({ length: 30 }, (_, n) => 2 * n + 1))
  // What is confirmed: of every chunk from 0 but of 53, of those that were done too, which had other replicas.
  const confirmed = Array.from({ length: 60 }, (_, chunkIndex) => ({ ...aFailure, chunkIndex, reward: '9500' }))
  const asked: unknown[] = []
  const client = {
    call: async (_: string, args: unknown) => {
      const { p_after, p_limit } = args as { p_after: number; p_limit: number }
      asked.push(p_after)
      const failures = confirmed.filter(({ chunkIndex }) => chunkIndex > p_after && chunkIndex !== 53).slice(0, p_limit)
      return { failures, next: failures.length === p_limit ? failures.at(-1)?.chunkIndex : null }
    },
  }
  const signal = new AbortController().signal
  const found = await readFailures(client, { taskId: 't', indexes: pages[0] ?? [], signal })
  expect([...found.keys()]).toEqual(pages[0])
  expect([...found.values()].every(([failure, other]) => failure?.error === aFailure.error && !other)).toBe(true)
  expect(asked).toEqual([0, 25])
  const rest = await readFailures(client, { taskId: 't', indexes: pages[1] ?? [], signal })
  expect([...rest].map(([index, failures]) => [index, failures.length])).toEqual([
    [51, 1],
    [53, 0],
    [55, 1],
    [57, 1],
    [59, 1],
  ])
})

const aFailure = {
  ...{ chunkIndex: 6, stage: 0, error: 'OB205: Error: no', errorHash: 'ab', attempt: 2, reward: 9_500n },
  ...{ provider: '0x90f79bf6eb2c4f870365e785982e1f101e93b906', failedAt: '2026-11-29T12:00:00Z' },
}

test('why a chunk failed: who says so and what was paid, or that nobody confirmed it and where its price is', () => {
  const terms = {
    ...{ maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 60, priority: 0 },
    ...{ replicas: 1, quorum: 1, metered: false },
  }
  const task = { asset: 'test' as const, terms, stages: null, finishedAt: '2026-11-29T12:00:01Z' }
  expect(confirmedSentence(aFailure, task)).toMatch(
    /^Workers of two owners report these words\. The second, 0x90f7…b906, was paid 0\.0095 play USDC at \d\d:\d\d:\d\d \(attempt 2\)\.$/,
  )
  expect(confirmedSentence(aFailure, { ...task, stages: [] })).toContain('these words, of stage 1.')
  expect(unconfirmedSentence(task)).toBe(
    'It failed at least 3 times, or workers left with it too often. No second, established owner confirmed why, so no words are shown and nothing is paid for that: its price is free again.',
  )
  expect(unconfirmedSentence({ ...task, finishedAt: null, terms: { ...terms, maxAttempts: 1, replicas: 2 } })).toMatch(
    /^It failed at least once, workers left with it, or its replicas disagree\..* comes back when the task ends\. What was accepted/,
  )
})

test('DJ-28: how a chunk was tried: its end in a word, why, who as far as it is told, and how long', () => {
  const attempt = {
    ...{
      stage: 0,
      attempt: 2,
      worker: 3,
      startedAt: '2026-11-29T12:00:00+00:00',
      endedAt: '2026-11-29T12:00:12+00:00',
    },
    ...{ outcome: 'failed' as const, code: 'OB208', verdict: null, provider: null, reward: null },
  }
  expect(attemptWords(attempt)).toEqual({
    ...{ meaning: 'fail', word: 'failed', sentence: 'It ran longer than it may, and was stopped.' },
  })
  expect(attemptWords({ ...attempt, code: 'OB999' }).sentence).toBe('It says OB999.')
  expect(attemptWords({ ...attempt, code: null }).sentence).toContain('no reason')
  expect(attemptWords({ ...attempt, startedAt: '2026-11-29T15:00Z', code: null }).sentence).toBe(
    'Why is shown only once its chunk is paid for.',
  )
  const words = (['expired', 'released', 'rejected', 'succeeded', null] as const).map(
    (outcome) => attemptWords({ ...attempt, outcome, verdict: 'valid' }).word,
  )
  expect(words).toEqual(['lost', 'given back', 'refused', 'done', 'at work'])
  expect(attemptWords({ ...attempt, outcome: 'succeeded', verdict: 'invalid' }).meaning).toBe('wait')
  expect(attemptWho(attempt, 'chain')).toBe('Worker 3')
  expect(attemptWho({ ...attempt, provider: aFailure.provider, reward: 9_500n }, 'test')).toBe(
    '0x90f7…b906, 0.0095 play USDC',
  )
  expect(attemptTime(attempt)).toBe('12 s')
  expect(attemptTime({ ...attempt, endedAt: attempt.startedAt })).toBe('under 1 s')
  expect(attemptTime({ ...attempt, endedAt: null })).toBeNull()
  // To the minute, as of what is not paid for: no second is made up.
  const [from, to] = ['2026-11-29T15:00Z', '2026-11-29T15:02Z']
  expect(attemptTime({ startedAt: from, endedAt: to })).toBe('about 2 min')
  expect(attemptTime({ startedAt: from, endedAt: from })).toBe('under a minute')
  expect(attemptTime({ startedAt: from, endedAt: '2026-11-29T15:01Z' })).toBe('about 1 min')
  expect(attemptStart({ startedAt: from }, new Date(to))).toMatch(/^\d\d:\d\d$/)
  expect(attemptStart({ startedAt: '2026-11-29T15:00:00Z' }, new Date(to))).toMatch(/^\d\d:\d\d:00$/)
  expect(attemptStart({ startedAt: from }, new Date('2026-12-02T15:00Z'))).toMatch(/^(29|30) Nov$/)
  const terms = {
    maxConcurrentChunks: null,
    maxAttempts: 3,
    timeoutSeconds: 60,
    priority: 0,
    quorum: 1,
    metered: false,
  }
  const one = { stages: null, terms: { ...terms, replicas: 1 } }
  expect(noAttemptsSentence('p', one)).toBe('Nobody has taken it yet.')
  for (const many of [
    { ...one, stages: [] },
    { ...one, terms: { ...terms, replicas: 2 } },
  ])
    expect(noAttemptsSentence('r', many)).toContain('once a stage of it has ended')
  expect(noAttemptsSentence('x', one)).toContain('Nobody had taken it')
  expect(noAttemptsSentence('c', one)).toContain('older')
})

test('a file name is safe on every system', () => {
  expect(fileName('Path-traced room', 'picture')).toBe('path-traced-room')
  expect(fileName('../../etc/passwd', 'picture')).toBe('etc-passwd')
  expect(fileName('🖼', 'picture')).toBe('picture')
})

test('the form’s inputs are ones that the program takes', async () => {
  const { inputs } = pictureTask({ ...firstPictureForm, size: '320x180', samples: '4' }, { pricePerChunk: 1n })
  const [input] = Array.isArray(inputs) ? inputs : []
  await expect(runProgram('raytrace', input)).resolves.toMatchObject({ x: 0, y: 0, width: 160, height: 90 })
})

test('a forecast tells a band of time and cost, and says where nobody works', () => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const at = (seconds: number) => new Date(now + 1000 * seconds).toISOString()
  const cost = { low: 20_000n, likely: 20_000n, high: 20_000n }
  const forecast = {
    pilots: 9,
    secondsPerChunk: 10,
    cost,
    finish: { earliest: at(60), likely: at(80), latest: at(100) },
  }
  expect(forecastSentence(null, 'chain', now)).toBeNull()
  expect(forecastSentence(forecast, 'chain', now)).toBe(
    'About 60 s to 100 s left, 0.02 USDC in all, as its last 9 results went.',
  )
  expect(forecastSentence({ ...forecast, finish: null, cost: { ...cost, high: 30_000n } }, 'test', now)).toBe(
    'It will cost 0.02 play USDC to 0.03 play USDC in all, as its last 9 results went. Nobody works on it at the moment.',
  )
})

test('how a task runs and for whom is told in words', () => {
  const terms = { ...{ maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 300, priority: 0 }, metered: false }
  const needs = { capabilities: null, workerTypes: null, maxPricePerHour: null }
  const task = { terms: { ...terms, replicas: 1, quorum: 1 }, needs }
  expect(termsSentence(task)).toBe('Up to 3 attempts of 5 min each.')
  expect(
    termsSentence({
      terms: { ...task.terms, maxAttempts: 1, timeoutSeconds: 60, maxConcurrentChunks: 1200, priority: 9 },
      needs: { ...needs, workerTypes: ['browser', 'server'], capabilities: ['gpu', 'strangersPrograms'] },
    }),
  ).toBe('One attempt of 60 s, 1,200 at once, priority 9. Only for browser tabs and servers with gpu.')
  expect(termsSentence({ ...task, needs: { ...needs, capabilities: ['strangersPrograms'] } })).not.toContain('Only')
  expect(termsSentence({ ...task, needs: { ...needs, capabilities: ['avx', 'gpu'] } })).toContain(
    'Only for workers with avx, gpu.',
  )
})

test('replicas are told in words, one job a chunk needs none', () => {
  const terms = { maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 300, priority: 0, metered: false }
  expect(replicasSentence({ ...terms, replicas: 1, quorum: 1 })).toBeNull()
  expect(replicasSentence({ ...terms, replicas: 3, quorum: 2 })).toContain('3 different owners; 2 equal results')
})

const aResult = {
  ...{ chunkIndex: 0, input: { a: 1 }, result: 'x, "y"\n=1+1', resultHash: 'ab', verdict: 'valid' as const },
  ...{ provider: '0x90f7', attempt: 1, acceptedAt: '2026-11-29T00:00:00Z', reward: 9500n },
  storedBytes: null as number | null,
}

test('results are saved whole in each form, and read back the same', () => {
  const pages = [[aResult, { ...aResult, chunkIndex: 1 }], [{ ...aResult, chunkIndex: 2, result: -5 }]]
  const [ndjson = '', csv = '', json = ''] = resultFormats.map((format) => {
    const { head, page, tail } = resultFile[format]
    return head + pages.map((results, index) => page(results, index === 0)).join('') + tail
  })
  const expected = pages.flat().map(({ storedBytes: _, ...result }) => ({ ...result, reward: '9500' }))
  expect(JSON.parse(json)).toEqual(expected)
  expect(
    ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(expected)
  const [head, first, , third] = csv.split('\r\n')
  expect(head).toBe('chunkIndex,input,result,resultHash,verdict,provider,attempt,acceptedAt,reward')
  expect(first).toBe(String.raw`0,"{""a"":1}","""x, \""y\""\n=1+1""",ab,valid,0x90f7,1,2026-11-29T00:00:00Z,9500`)
  expect(third).toBe('2,"{""a"":1}",-5,ab,valid,0x90f7,1,2026-11-29T00:00:00Z,9500')
  const { head: open, page, tail } = resultFile.json
  expect(JSON.parse(open + page([], true) + tail)).toEqual([])
})

test('a result that lies in Storage is read there, and stands in the file like any other', async () => {
  const large = '{"large":true}'
  const rows = [
    { ...aResult, resultHash: sha256Hex(canonicalJson(aResult.result)) },
    { ...aResult, chunkIndex: 1, result: null, resultHash: sha256Hex(large), storedBytes: 70_000 },
  ]
  const client = {
    call: async () => ({ results: rows.map((row) => ({ ...row, reward: '9500' })), next: null }),
  }
  const read: string[] = []
  const send = async (url: RequestInfo | URL) => {
    read.push(String(url).slice(-64))
    return new Response(large)
  }
  const storage = { supabaseUrl: 'http://s', supabaseKey: 'k', accessToken: async () => 't', fetch: send }
  const save = () =>
    downloadResults(client, {
      ...{ taskId: 't', storage, stage: undefined, format: 'json', signal: new AbortController().signal },
      onProgress: () => {},
    })
  const blob = await save()
  expect(read).toEqual([sha256Hex(large)])
  expect(JSON.parse(await blob.text())).toMatchObject([{ result: aResult.result }, { result: { large: true } }])
  // One that its receipt does not name is not saved.
  rows[0] = aResult
  await expect(save()).rejects.toMatchObject({ code: 'OB105' })
  expect(formatBytes(70_000)).toBe('70 kB')
  // A file of three short rows is not 0 kB.
  expect(formatBytes(120)).toBe('1 kB')
  expect(formatBytes(1_048_593)).toBe('1.0 MB')
})

test('RN-15: of a list the first items are shown, of anything else itself', () => {
  expect(previewLines(Array.from({ length: 50 }, (_, n) => ({ n })))).toEqual({
    ...{ lines: ['{"n":0}', '{"n":1}', '{"n":2}'], more: 47 },
  })
  expect(previewLines({ n: 'x'.repeat(500) }).lines).toEqual([`{"n":"${'x'.repeat(154)}…`])
  for (const [value, line] of [
    [[], '[]'],
    [null, 'null'],
    [7, '7'],
  ] as const)
    expect(previewLines(value)).toEqual({ lines: [line], more: 0 })
})

test('a long result is cut on screen', () => {
  expect(resultLine({ a: 'x'.repeat(500) }, 20)).toBe('{"a":"xxxxxxxxxxxxxx…')
})

test('a program is posted as typed: one stage as a program, several as a pipeline', () => {
  const plan = planProgram(firstProgramForm)
  const price = { pricePerChunk: 10_000n }
  expect(plan).toMatchObject({ chunks: 2, inputsProblem: null, stageProblems: [null] })
  expect(canPost(plan)).toBe(true)
  expect(programTask(firstProgramForm, plan, price)).toMatchObject({
    ...{ title: 'Sums', budget: 20_000n, program: { kind: 'js' }, inputs: { format: 'ndjson' } },
  })
  const staged = { ...firstProgramForm, stages: [...firstProgramForm.stages, nextStage] }
  const task = programTask(staged, planProgram(staged), price)
  expect(task.pipeline).toHaveLength(2)
  expect(task.program).toBeUndefined()
  expect(withTerms(task, { ...firstTerms, check: '3', asset: 'test' })).toMatchObject({
    ...{ budget: 120_000n, trust: { replicas: 3 }, asset: 'test' },
  })
  expect(withTerms(task, firstTerms)).toEqual(task)
})

const [firstStage] = firstProgramForm.stages
const stage = (part: Partial<StageForm>) => ({ ...firstStage, ...part })
const range = (part: Partial<RangeForm>) => ({
  ...{ from: 'range', range: { start: '0', end: '10', step: '1', ...part } },
})

test.each([
  [{ inputs: '1\n{' }, 'Line 2 is not a JSON value.'],
  [{ inputs: ' \n' }, 'Enter one JSON value a line: each is a chunk.'],
  [{ stages: [stage({ source: ' ' })] }, 'Enter a program.'],
  [{ stages: [stage({ source: 'function f() {}' })] }, 'A program is a module that exports a default function.'],
  [{ stages: [stage({ source: `export default 1 //${'é'.repeat(40_000)}` })] }, 'A program has 64 kB at most.'],
  [{ stages: [stage({ language: 'wasm' })] }, 'Choose a .wasm file.'],
  [{ stages: [stage({ language: 'wasm', moduleProblem: 'No.' })] }, 'No.'],
  [
    { stages: [stage({ language: 'wasm', memory: '1025' })] },
    'Enter a whole number from 1 to 1,024. Leave it empty for 256.',
  ],
  [range({ end: '' }), 'Enter where it ends.'],
  [range({ end: '-5' }), 'It ends where it begins, or before: enter a larger number.'],
  [range({ step: '0' }), 'Enter a whole number from 1 to 1,000,000,000,000. Leave it empty for 1.'],
  [range({ start: 'x' }), expect.stringMatching(/^Enter a whole number .* Leave it empty for 0\.$/)],
])('what is wrong with a program is said', (part, problem) => {
  const plan = planProgram({ ...firstProgramForm, ...part } as ProgramForm)
  expect(canPost(plan)).toBe(false)
  expect([
    plan.inputsProblem,
    ...Object.values(plan.rangeProblems),
    ...plan.stageProblems,
    ...plan.memoryProblems,
  ]).toContainEqual(problem)
})

test('a module out of a file over a range is posted with its bytes, and each kind comes back as it was', async () => {
  const magic = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  const read = await readWasmModule(new File([magic], 'sums.wasm'))
  expect(read).toEqual({ module: { name: 'sums.wasm', size: 8, base64: 'AGFzbQEAAAA=' } })
  expect(await readWasmModule(new File(['no'], 'a.wasm'))).toEqual({ problem: 'a.wasm is no WebAssembly module.' })
  expect(await readWasmModule(new File([new Uint8Array(65_537)], 'a.wasm'))).toHaveProperty('problem')
  const module = 'module' in read ? read.module : null
  const form = { ...firstProgramForm, ...range({ start: '', end: '7', step: '3' }), stages: [stage({ module })] }
  const wasm = { ...form, stages: [stage({ language: 'wasm', module, memory: '' })] } as ProgramForm
  const plan = planProgram(wasm, { chunks: 99, rowsPerChunk: 1, stores: false, problem: 'Of a file.' })
  expect([plan.chunks, canPost(plan)]).toEqual([3, true])
  const task = programTask(wasm, plan, { pricePerChunk: 10n })
  expect(task).toMatchObject({
    ...{ program: { kind: 'wasm', source: 'AGFzbQEAAAA=' }, range: { start: 0, end: 7, step: 3 }, budget: 30n },
  })
  expect(task).not.toHaveProperty('inputs')
  const typed = { ...wasm, from: 'values', stages: [stage({ module })] } as ProgramForm
  expect(programTask(typed, planProgram(typed), { pricePerChunk: 10n })).toMatchObject({
    ...{ program: { kind: 'js' }, inputs: { text: firstProgramForm.inputs } },
  })
  expect(form.stages[0]?.module).toBe(module)
})

test('what is left to the network is not sent, and the rest is what was typed', () => {
  expect(planRun(firstRunForm)).toMatchObject({ terms: {}, says: '3 attempts' })
  expect(planRun({ atOnce: '', attempts: ' ', timeout: '', priority: '' })).toMatchObject({ terms: {} })
  const run = planRun({ atOnce: '1000', attempts: '1', timeout: '60', priority: '9' })
  expect(run).toMatchObject({
    terms: { maxConcurrentChunks: 1000, maxAttempts: 1, timeoutSeconds: 60, priority: 9 },
    says: '1 attempt, 60 s each, 1,000 at once, priority 9',
  })
  const wrong = planRun({ atOnce: '0', attempts: '11', timeout: '4', priority: '10' })
  for (const problem of Object.values(wrong.problems)) expect(problem).toMatch(/^Enter a whole number from .* Leave it/)
  expect(planNeeds(firstNeedsForm, 1, false)).toEqual({
    needs: {},
    typesProblem: null,
    capabilitiesProblem: null,
    says: 'Any',
  })
  const form = { workerTypes: ['server'] as const, capabilities: 'gpu, ,gpu, avx ', offer: 'cheapest' as const }
  expect(planNeeds(form, 1, false)).toMatchObject({
    needs: { workerTypes: ['server'], capabilities: ['gpu', 'avx'], assign: true },
    says: 'Servers with gpu, avx, the cheapest first',
  })
  expect(planNeeds(form, 2, false).needs).not.toHaveProperty('assign')
  expect(planNeeds({ ...form, workerTypes: [] }, 1, true).typesProblem).not.toBeNull()
  expect(planNeeds({ ...form, capabilities: 'x'.repeat(101) }, 1, true).capabilitiesProblem).toContain('100 characters')
  // A Python node has no customer's program: it is offered for built-in ones, and what was chosen there stays.
  expect(planNeeds(firstNeedsForm, 1, true)).toMatchObject({ needs: {}, says: 'Any' })
  const python = { ...firstNeedsForm, workerTypes: ['python'] as const }
  expect(planNeeds(python, 1, true)).toMatchObject({ needs: { workerTypes: ['python'] }, says: 'Python nodes' })
  expect(planNeeds(python, 1, false).typesProblem).not.toBeNull()
  const task = pictureTask(firstPictureForm, { pricePerChunk: 10n })
  expect(withTerms(task, firstTerms, { ...planNeeds(form, 1, false).needs, ...run.terms })).toMatchObject({
    ...{ priority: 9, assign: true, capabilities: ['gpu', 'avx'] },
  })
})

test('what the server would not take is told at its field, money in the words of a screen', () => {
  const refused = (values: object) =>
    refusalOf(new InvalidInputError({ message: 'No.', hint: 'Do.', values: values as never }))
  expect(refused({ field: 'priority', reason: 'range' })).toMatchObject({ field: 'priority', problem: 'No. Do.' })
  expect(refused({ field: 'pricePerChunk', reason: 'range', min: '100', max: '1000000000000' })?.problem).toBe(
    'The network takes from 0.0001 to 1,000,000 for a run of this length.',
  )
  expect(refused({})).toBeNull()
  expect(refusalOf(new TooManyError({ values: { what: 'chunks', limit: 1 } }))).toMatchObject({ field: 'inputs' })
  expect(refusalOf(new TooManyError({ values: { what: 'tasks', limit: 1 } }))).toBeNull()
  expect(refusalOf(new Error('no'))).toBeNull()
})

test('when a task is posted again', () => {
  const every = (everyMinutes: string) => readRepeat({ ...firstTerms, repeat: 'every', everyMinutes })
  const cron = (text: string) => readRepeat({ ...firstTerms, repeat: 'cron', cron: text })
  expect(readRepeat(firstTerms)).toEqual({ repeat: null, problem: null })
  expect(every('90')).toEqual({ repeat: { everySeconds: 5400 }, problem: null })
  for (const wrong of ['', '0', '1.5', '-1', '999999']) expect(every(wrong).problem).toMatch(/whole minutes/)
  expect(cron(' 0  6 * * 1-5 ')).toEqual({ repeat: { cron: '0 6 * * 1-5' }, problem: null })
  for (const wrong of ['', '* * * *', 'at noon', '0 6 * * mon']) expect(cron(wrong).problem).toMatch(/five fields/)
})

test('a schedule says how it stands', () => {
  expect(rhythmOf({ everySeconds: 5400, cron: null })).toBe('every 90 minutes')
  expect(rhythmOf({ everySeconds: 3600, cron: null })).toBe('every hour')
  expect(rhythmOf({ everySeconds: null, cron: '0 6 * * *' })).toBe('0 6 * * * (UTC)')
  expect(scheduleState({ enabled: false, failures: 0, lastError: null }).word).toBe('Paused')
  expect(scheduleState({ enabled: false, failures: 10, lastError: null }).word).toBe('Stopped')
  const lastError = { code: 'OB012', message: 'No money.' }
  expect(scheduleState({ enabled: true, failures: 1, lastError }).word).toBe('On, last run failed')
  expect(schedulesSentence([{ enabled: true }, { enabled: false }])).toBe('One schedule is on.')
  expect(schedulesSentence([])).toBe('You have no schedule yet.')
})

test('how old the figures of a large task are is said, and goes on between two answers', () => {
  expect(countedSentence(0, 100)).toBeNull()
  expect(countedSentence(0.4, 3)).toBeNull()
  expect(countedSentence(10, 2.2)).toBe('Counted 12 s ago.')
  expect(countedSentence(150, 0)).toBe('Counted 3 min ago.')
  // A browser whose clock was set back.
  expect(countedSentence(10, -500)).toBe('Counted 10 s ago.')
})
