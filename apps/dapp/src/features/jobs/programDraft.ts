import type { TaskDraft, TextInputs } from '@oblivion/core'
import type { FilePlan } from './inputFile.ts'
import { mostOf, type PriceTerms } from './priceDraft.ts'

/** A program of the customer's own, in one stage or several, over one input a line. */
export type ProgramForm = {
  title: string
  /** JavaScript modules, one a stage. */
  stages: readonly string[]
  /** One JSON value a line. */
  inputs: string
}

export const mostStages = 5
const mostSourceBytes = 65_536

export const firstProgramForm: ProgramForm = {
  title: 'Sums',
  stages: [
    `export default async function ({ start, end }, ctx) {
  let sum = 0
  for (let at = start; at < end; at++) {
    sum += at
    if (at % 10_000 === 0) await ctx.progress((at - start) / (end - start))
  }
  return { sum }
}
`,
  ],
  inputs: '{"start":0,"end":1000000}\n{"start":1000000,"end":2000000}\n',
}

/** What a further stage begins as: it gets the chunk's input and the result of the stage before. */
export const nextStage = `export default function ({ input, previous }) {
  return { ...previous, checked: true }
}
`

export type ProgramPlan = {
  chunks: number
  inputsProblem: string | null
  /** One a stage, null where it can be posted. */
  stageProblems: readonly (string | null)[]
}

/** @param file How the chosen file becomes chunks; null where the inputs are typed. */
export function planProgram(form: ProgramForm, file: FilePlan | null = null): ProgramPlan {
  const shared = { stageProblems: form.stages.map(stageProblem) }
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

function stageProblem(source: string): string | null {
  if (source.trim() === '') return 'Enter a program.'
  if (!/\bexport\s+default\b|\bas\s+default\b/.test(source))
    return 'A program is a module that exports a default function.'
  if (new TextEncoder().encode(source).length > mostSourceBytes) return 'A program has 64 kB at most.'
  return null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const canPost = (plan: ProgramPlan): boolean =>
  plan.inputsProblem === null && plan.stageProblems.every((problem) => problem === null)

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
  const programs = form.stages.map((source) => ({ program: { kind: 'js' as const, source } }))
  const [first] = programs
  const terms = {
    title: form.title.trim() || firstProgramForm.title,
    inputs,
    ...price,
    budget: mostOf(price) * BigInt(plan.chunks * form.stages.length),
    acknowledgeVisible: true as const,
  }
  return first !== undefined && programs.length === 1 ? { ...terms, ...first } : { ...terms, pipeline: programs }
}
