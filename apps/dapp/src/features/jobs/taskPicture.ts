import { type Client, taskResults } from '@oblivion/client'
import type { ChunkResult } from '@oblivion/core'
import { createStore, type Store } from '../shell/createStore.ts'
import { readTile, type Tile } from './readTile.ts'

/** What is known of one accepted result, without its bytes. */
export type ResultFacts = Omit<ChunkResult, 'input' | 'result'> & { readable: boolean }

/** The results of a task as they come in. Maps are replaced, never changed. */
export type TaskPicture = {
  tiles: ReadonlyMap<number, Tile>
  facts: ReadonlyMap<number, ResultFacts>
  /** The last failed read; null once a later one succeeded. */
  error: Error | null
}

/** Few at a time: tiles of 58 kB should appear one by one, not all at the end of one long answer. */
const perCall = 8

/** Milliseconds until it asks by itself for what it could not get: as often as the states are read. */
const againAfter = 5000

/**
 * Fetches the results of completed chunks, each once. It is told the states of all chunks when one of them has changed, and
 * asks for what it does not have yet: a lost Realtime hint costs time, never a tile, and neither does an answer that is lost
 * after the last change.
 */
export function createTaskPicture(client: Client, taskId: string, pause = againAfter) {
  const store: Store<TaskPicture> = createStore<TaskPicture>({ tiles: new Map(), facts: new Map(), error: null })
  const closed = new AbortController()
  let letters = ''
  let fetching = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function missing(): number[] {
    const { facts } = store.get()
    const wanted: number[] = []
    for (let index = 0; index < letters.length && wanted.length < perCall; index++) {
      if (letters[index] === 'c' && !facts.has(index)) wanted.push(index)
    }
    return wanted
  }

  async function fetchMissing(): Promise<void> {
    if (fetching) return
    fetching = true
    clearTimeout(timer)
    try {
      for (let wanted = missing(); wanted.length > 0 && !closed.signal.aborted; wanted = missing()) {
        const { results } = await taskResults(client, { taskId, chunks: wanted, limit: perCall, signal: closed.signal })
        // The state said "completed" and the results do not say so yet: the next reading of the states asks again.
        if (results.length === 0) return
        store.set((picture) => addResults(picture, results))
      }
    } catch (error) {
      if (!closed.signal.aborted) {
        store.set((picture) => ({ ...picture, error: error as Error }))
        // The states may never change again.
        timer = setTimeout(() => void fetchMissing(), pause)
      }
    } finally {
      fetching = false
    }
  }

  return {
    store,
    /** @param next One letter a chunk, as `get_task` gives them. */
    follow(next: string): void {
      letters = next
      void fetchMissing()
    },
    /** Asks now for what it could not get. */
    again: (): void => void fetchMissing(),
    close(): void {
      clearTimeout(timer)
      closed.abort()
    },
  }
}

function addResults(picture: TaskPicture, results: readonly ChunkResult[]): TaskPicture {
  const tiles = new Map(picture.tiles)
  const facts = new Map(picture.facts)
  for (const { input, result, ...rest } of results) {
    const tile = tryTile({ chunkIndex: rest.chunkIndex, input, result })
    if (tile) tiles.set(rest.chunkIndex, tile)
    facts.set(rest.chunkIndex, { ...rest, readable: tile !== null })
  }
  return { tiles, facts, error: null }
}

/** Null for a result that is no tile: it is listed as unreadable and leaves its place in the picture empty. */
function tryTile(result: Pick<ChunkResult, 'chunkIndex' | 'input' | 'result'>): Tile | null {
  try {
    return readTile(result)
  } catch {
    return null
  }
}
