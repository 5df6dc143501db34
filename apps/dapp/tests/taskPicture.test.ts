import type { Client } from '@oblivion/client'
import { raytraceInputs, runProgram } from '@oblivion/programs'
import { beforeAll, expect, test } from 'vitest'
import { readTile } from '../src/features/jobs/readTile.ts'
import { createTaskPicture } from '../src/features/jobs/taskPicture.ts'

const inputs = raytraceInputs({ width: 48, height: 24, tileWidth: 12, tileHeight: 8, samples: 1 })
const rows: Record<string, unknown>[] = []

beforeAll(async () => {
  for (const [chunkIndex, input] of inputs.entries()) {
    const result = await runProgram('raytrace', input)
    rows.push({
      chunkIndex,
      input,
      result,
      verdict: 'unchecked',
      resultHash: '00'.repeat(32),
      provider: '0x90f79bf6eb2c4f870365e785982e1f101e93b906',
      attempt: 1,
      acceptedAt: '2026-11-24T12:00:00Z',
      reward: '9500',
    })
  }
})

/** A client that answers `task_results` out of `rows`, and remembers what it was asked. */
function clientOver(available: () => readonly Record<string, unknown>[]) {
  const asked: number[][] = []
  const client: Client = {
    call: async (name, args) => {
      expect(name).toBe('task_results')
      const chunks = (args as { p_chunks: number[] }).p_chunks
      asked.push(chunks)
      return { results: available().filter((row) => chunks.includes(row.chunkIndex as number)), next: null }
    },
  }
  return { client, asked }
}

test('each tile is fetched once, a few at a time, as it is completed', async () => {
  const { client, asked } = clientOver(() => rows)
  const picture = createTaskPicture(client, 'task')
  picture.follow('ccpppppppppp')
  picture.follow('ccpppppppppp')
  await expect.poll(() => picture.store.get().tiles.size).toBe(2)
  picture.follow('c'.repeat(12))
  await expect.poll(() => picture.store.get().tiles.size).toBe(12)
  expect(asked.flat().sort((a, b) => a - b)).toEqual([...inputs.keys()])
  expect(Math.max(...asked.map((chunks) => chunks.length))).toBeLessThanOrEqual(8)
})

test('a result that is not there yet is asked for again at the next reading', async () => {
  let ready = false
  const { client, asked } = clientOver(() => (ready ? rows : []))
  const picture = createTaskPicture(client, 'task')
  picture.follow('cppppppppppp')
  await expect.poll(() => asked).toHaveLength(1)
  ready = true
  const look = () => {
    picture.follow('cppppppppppp')
    return picture.store.get().tiles.size
  }
  await expect.poll(look).toBe(1)
})

test('a stranger’s result that is no tile leaves its place empty and says so', async () => {
  const bad = [{ x: 0, y: 0, width: 12, height: 8, rgb: '!!!!' }, { width: 4000, height: 4000, rgb: '' }, null, 'tile']
  const { client } = clientOver(() => rows.map((row, index) => (index < 4 ? { ...row, result: bad[index] } : row)))
  const picture = createTaskPicture(client, 'task')
  picture.follow('ccccc')
  await expect.poll(() => picture.store.get().facts.size).toBe(5)
  expect([...picture.store.get().tiles.keys()]).toEqual([4])
  expect([...picture.store.get().facts.values()].map((facts) => facts.readable)).toEqual([
    false,
    false,
    false,
    false,
    true,
  ])
})

test('a failed read is told, and heals by itself or when it is asked, though no chunk changes any more', async () => {
  let broken = true
  const { client } = clientOver(() => {
    if (broken) throw new Error('gone')
    return rows
  })
  const pictures = [createTaskPicture(client, 'task', 1), createTaskPicture(client, 'task', 1e9)]
  for (const picture of pictures) picture.follow('c')
  for (const picture of pictures) await expect.poll(() => picture.store.get().error?.message).toBe('gone')
  broken = false
  pictures[1]?.again()
  for (const { store } of pictures)
    await expect.poll(() => store.get()).toMatchObject({ error: null, tiles: new Map([[0, expect.anything()]]) })
})

test('the place of a tile is the customer’s, not the worker’s', () => {
  const { input, result } = rows[5] as { input: unknown; result: object }
  const moved = readTile({ chunkIndex: 5, input, result: { ...result, x: 0, y: 0 } })
  expect([moved.x, moved.y]).toEqual([12, 8])
})
