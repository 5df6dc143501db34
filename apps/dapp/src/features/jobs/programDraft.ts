import type { InputRange, ProgramDraft, TaskDraft, TextInputs } from '@oblivion/core'
import type { FilePlan } from './filePlan.ts'
import { mostOf, type PriceTerms } from './priceDraft.ts'
import { readCount } from './runDraft.ts'
import type { WasmModule } from './wasmModule.ts'

export const languageChoices = [
  { key: 'js', label: 'JavaScript', note: 'Typed here' },
  { key: 'wasm', label: 'WebAssembly', note: 'A .wasm file' },
] as const

export const inputChoices = [
  { key: 'values', label: 'Values', note: 'Typed, or a file' },
  { key: 'range', label: 'A range', note: 'Of whole numbers' },
] as const

/** The program of one stage: both kinds are kept, so that one comes back as it was. */
export type StageForm = {
  language: (typeof languageChoices)[number]['key']
  /** A JavaScript module. */
  source: string
  /** Null while none is chosen. */
  module: WasmModule | null
  /** Why the file that was chosen is none; null where it is one. */
  moduleProblem: string | null
  /** What its memory may grow to, as typed, in MiB. */
  memory: string
}

/** Whole numbers from the first up to, but without, the second, in pieces; as typed. */
export type RangeForm = { start: string; end: string; step: string }

/** A program of the customer's own, in one stage or several, over values or a range. */
export type ProgramForm = {
  title: string
  stages: readonly StageForm[]
  from: (typeof inputChoices)[number]['key']
  /** One JSON value a line. */
  inputs: string
  range: RangeForm
}

export const mostStages = 5
const mostSourceBytes = 65_536

const stageOf = (source: string): StageForm => ({
  ...{ language: 'js', source, module: null, moduleProblem: null, memory: '256' },
})

export const firstProgramForm: ProgramForm = {
  title: 'Sums',
  stages: [
    stageOf(`export default async function ({ start, end }, ctx) {
  let sum = 0
  for (let at = start; at < end; at++) {
    sum += at
    if (at % 10_000 === 0) await ctx.progress((at - start) / (end - start))
  }
  return { sum }
}
`),
  ],
  from: 'values',
  inputs: '{"start":0,"end":1000000}\n{"start":1000000,"end":2000000}\n',
  range: { start: '0', end: '2000000', step: '1000000' },
}

/** What a further stage begins as: it gets the chunk's input and the result of the stage before. */
export const nextStage = stageOf(`export default function ({ input, previous }) {
  return { ...previous, checked: true }
}
`)

export type ProgramPlan = {
  chunks: number
  /** Of the values; null where they can be posted. */
  inputsProblem: string | null
  rangeProblems: { readonly [K in keyof RangeForm]: string | null }
  /** Null where it cannot be read, or where there are values. */
  range: InputRange | null
  /** One a stage, null where it can be posted. */
  stageProblems: readonly (string | null)[]
  /** The same of what their memory may grow to. */
  memoryProblems: readonly (string | null)[]
}

const noRange = { start: null, end: null, step: null }

/** @param file How the chosen file becomes chunks; null where the inputs are typed. */
export function planProgram(form: ProgramForm, file: FilePlan | null = null): ProgramPlan {
  const shared = {
    stageProblems: form.stages.map(stageProblem),
    memoryProblems: form.stages.map((stage) => (stage.language === 'wasm' ? readMemory(stage).problem : null)),
    ...{ rangeProblems: noRange, inputsProblem: null, range: null },
  }
  if (form.from === 'range') return { ...shared, ...planRange(form.range) }
  if (file !== null) return { ...shared, chunks: file.chunks, inputsProblem: file.problem }
  const lines = form.inputs.split('\n')
  const wrong = lines.findIndex((line) => line.trim() !== '' && !isJson(line))
  const chunks = lines.filter((line) => line.trim() !== '').length
  return {
    ...shared,
    chunks,
    inputsProblem:
      wrong >= 0
        ? `Line ${wrong + 1} is not a JSON value.`
        : chunks === 0
          ? 'Enter one JSON value a line: each is a chunk.'
          : null,
  }
}

const farthest = 1_000_000_000_000

function planRange(form: RangeForm): Pick<ProgramPlan, 'chunks' | 'rangeProblems' | 'range'> {
  const start = readCount(form.start, -farthest, farthest, 'Leave it empty for 0.')
  const end = readCount(form.end, -farthest, farthest, '')
  const step = readCount(form.step, 1, farthest, 'Leave it empty for 1.')
  const [from, by] = [start.count ?? 0, step.count ?? 1]
  const chunks = end.count === null ? 0 : Math.max(0, Math.ceil((end.count - from) / by))
  const rangeProblems = {
    start: start.problem,
    end: end.problem ?? endProblem(form.end, chunks, start.problem !== null),
    step: step.problem,
  }
  const wrong = Object.values(rangeProblems).some((problem) => problem !== null)
  return wrong || end.count === null
    ? { chunks: 0, rangeProblems, range: null }
    : { chunks, rangeProblems, range: { start: from, end: end.count, step: by } }
}

function endProblem(typed: string, chunks: number, otherWrong: boolean): string | null {
  if (typed.trim() === '') return 'Enter where it ends.'
  return chunks === 0 && !otherWrong ? 'It ends where it begins, or before: enter a larger number.' : null
}

function stageProblem({ language, source, module, moduleProblem }: StageForm): string | null {
  if (language === 'wasm') return moduleProblem ?? (module === null ? 'Choose a .wasm file.' : null)
  if (source.trim() === '') return 'Enter a program.'
  if (!/\bexport\s+default\b|\bas\s+default\b/.test(source))
    return 'A program is a module that exports a default function.'
  if (new TextEncoder().encode(source).length > mostSourceBytes) return 'A program has 64 kB at most.'
  return null
}

const readMemory = ({ memory }: StageForm) => readCount(memory, 1, 1024, 'Leave it empty for 256.')

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const canPost = (plan: ProgramPlan): boolean =>
  [plan.inputsProblem, ...Object.values(plan.rangeProblems), ...plan.stageProblems, ...plan.memoryProblems].every(
    (problem) => problem === null,
  )

function programOf(stage: StageForm): ProgramDraft {
  if (stage.language === 'js') return { kind: 'js', source: stage.source }
  const { count } = readMemory(stage)
  return { kind: 'wasm', source: stage.module?.base64 ?? '', ...(count === null ? {} : { maxMemoryMiB: count }) }
}

/**
 * The task that a form orders at a price of one job. Call it only with a plan that can be posted.
 *
 * @param inputs Out of a file; the typed ones where left out.
 */
export function programTask(
  form: ProgramForm,
  plan: ProgramPlan,
  price: PriceTerms,
  inputs: readonly unknown[] | TextInputs = { format: 'ndjson', text: form.inputs },
): TaskDraft {
  const programs = form.stages.map((stage) => ({ program: programOf(stage) }))
  const [first] = programs
  const terms = {
    title: form.title.trim() || firstProgramForm.title,
    ...(plan.range === null ? { inputs } : { range: plan.range }),
    ...price,
    budget: mostOf(price) * BigInt(plan.chunks * form.stages.length),
    acknowledgeVisible: true as const,
  }
  return first !== undefined && programs.length === 1 ? { ...terms, ...first } : { ...terms, pipeline: programs }
}
