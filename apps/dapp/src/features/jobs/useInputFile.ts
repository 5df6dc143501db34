import type { TextInputs } from '@oblivion/core'
import { useEffect, useRef, useState } from 'react'
import { useConfig } from '../shell/ConfigContext.tsx'
import { accessToken } from '../wallet/accessToken.ts'
import { type FilePlan, firstRowsPerChunk, type InputFile, InputFileError, readInputFile } from './inputFile.ts'
import { type StoredChunks, storeChunks } from './storeChunks.ts'

/** A file of inputs on its way: looked through, ready, or being kept chunk by chunk. */
export type InputFileState =
  | { step: 'none'; problem: string | null }
  | { step: 'reading'; name: string; share: number }
  | { step: 'ready'; input: InputFile; rowsTyped: string; problem: string | null }
  | { step: 'storing'; input: InputFile; rowsTyped: string; done: number; chunks: number }

/** Chooses, reads and keeps a file of inputs; a new file or `clear` ends whatever runs. */
export function useInputFile(address: `0x${string}`) {
  const config = useConfig()
  const [state, setState] = useState<InputFileState>({ step: 'none', problem: null })
  const running = useRef<AbortController | null>(null)
  // What a try that ended had kept already: of this file, cut in this way.
  const kept = useRef<{ key: string; stored: StoredChunks } | null>(null)
  useEffect(() => () => running.current?.abort(), [])

  const begin = (): AbortController => {
    running.current?.abort()
    running.current = new AbortController()
    return running.current
  }
  const clear = () => {
    begin()
    kept.current = null
    setState({ step: 'none', problem: null })
  }

  async function choose(file: File): Promise<void> {
    const { signal } = begin()
    kept.current = null
    setState({ step: 'reading', name: file.name, share: 0 })
    try {
      let percent = 0
      const onProgress = (share: number) => {
        // A large file comes in some ten thousand pieces; the form is drawn anew a hundred times.
        if (Math.floor(100 * share) === percent) return
        percent = Math.floor(100 * share)
        setState({ step: 'reading', name: file.name, share })
      }
      const input = await readInputFile(file, { signal, onProgress })
      setState({ step: 'ready', input, rowsTyped: String(firstRowsPerChunk(input)), problem: null })
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof InputFileError)) throw error
      setState({ step: 'none', problem: `${file.name}: ${error.message}` })
    }
  }

  /**
   * The inputs of a task over the chosen file, its chunks kept in Storage where that is needed; null where it was ended.
   *
   * @throws {InputFileError} The file is not what it was. @throws what `storeInput` throws.
   */
  async function inputsOf(plan: FilePlan): Promise<readonly unknown[] | TextInputs | null> {
    if (state.step !== 'ready') return null
    const { input, rowsTyped } = state
    if (!plan.stores && plan.rowsPerChunk === 1) return { format: input.format, text: await textOf(input) }
    const { signal } = begin()
    const key = String(plan.rowsPerChunk)
    if (kept.current?.key !== key) kept.current = { key, stored: new Map() }
    const session = () => accessToken(config, address)
    try {
      return await storeChunks({
        options: { supabaseUrl: config.supabaseUrl, supabaseKey: config.anonKey, accessToken: session },
        ...{ address, input, rowsPerChunk: plan.rowsPerChunk, chunks: plan.chunks },
        ...{ stored: kept.current.stored, signal },
        onProgress: (done) => setState({ step: 'storing', input, rowsTyped, done, chunks: plan.chunks }),
      })
    } catch (error) {
      if (signal.aborted) return null
      throw error
    } finally {
      // Unless another file was chosen meanwhile.
      setState((now) => (now.step === 'storing' ? { step: 'ready', input, rowsTyped, problem: null } : now))
    }
  }
  return {
    state,
    choose,
    clear,
    inputsOf,
    cancel: () => begin(),
    setRows: (rowsTyped: string) => setState((now) => (now.step === 'ready' ? { ...now, rowsTyped } : now)),
    setProblem: (problem: string) => setState((now) => (now.step === 'ready' ? { ...now, problem } : now)),
  }
}

const textOf = (input: InputFile): Promise<string> =>
  input.file.text().catch(() => {
    throw new InputFileError('The file has changed or is gone since you chose it. Choose it again.')
  })
