import type { TaskDraft, WorkerType } from '@oblivion/core'

const workerTypeChoices = [
  { key: 'browser', label: 'Browser tabs', note: 'a visit lasts some minutes' },
  { key: 'server', label: 'Servers', note: 'they stay' },
  { key: 'python', label: 'Python nodes', note: 'they stay, too' },
] as const satisfies readonly { key: WorkerType; label: string; note: string }[]

/** What a worker must be like, by its owner's word. */
export type NeedsForm = {
  workerTypes: readonly WorkerType[]
  /** As typed: names, with commas between them. */
  capabilities: string
  offer: (typeof offerChoices)[number]['key']
}

export const offerChoices = [
  { key: 'anyone', label: 'Anyone', note: 'In fair order' },
  { key: 'cheapest', label: 'The cheapest', note: '30 s before others' },
] as const

export const firstNeedsForm: NeedsForm = {
  ...{ workerTypes: workerTypeChoices.map(({ key }) => key), capabilities: '', offer: 'anyone' },
}

/** What a task says of its workers; nothing of what does not matter. */
export type Needs = Pick<TaskDraft, 'workerTypes' | 'capabilities' | 'assign'>

export type NeedsPlan = {
  needs: Needs
  typesProblem: string | null
  capabilitiesProblem: string | null
  /** What is chosen, in a few words. */
  says: string
}

const mostNames = 20
const longestName = 100

/** The kinds of worker that can compute it: a Python node has built-in programs alone. */
export const workerTypesFor = (builtin: boolean) =>
  builtin ? workerTypeChoices : workerTypeChoices.filter(({ key }) => key !== 'python')

/**
 * @param replicas how often each chunk is computed: whose results are compared is drawn, never chosen by price
 * @param builtin whether its program is one of ours
 */
export function planNeeds(
  { workerTypes, capabilities, offer }: NeedsForm,
  replicas: number,
  builtin: boolean,
): NeedsPlan {
  const names = namesOf(capabilities)
  const possible = workerTypesFor(builtin)
  const types = possible.map(({ key }) => key).filter((key) => workerTypes.includes(key))
  const all = types.length === possible.length
  const cheapest = offer === 'cheapest' && replicas === 1
  const labels = possible.filter(({ key }) => types.includes(key)).map(({ label }) => label)
  return {
    needs: {
      ...(all ? {} : { workerTypes: types }),
      ...(names.length === 0 ? {} : { capabilities: names }),
      ...(cheapest ? { assign: true } : {}),
    },
    typesProblem: types.length === 0 ? 'Tick one at least: nobody would compute it.' : null,
    capabilitiesProblem:
      names.length > mostNames
        ? `A task asks for ${mostNames} names at most.`
        : names.some((name) => name.length > longestName)
          ? `A name has ${longestName} characters at most. Put commas between names.`
          : null,
    says: `${all ? 'Any' : labels.join(', ')}${names.length === 0 ? '' : ` with ${names.join(', ')}`}${cheapest ? ', the cheapest first' : ''}`,
  }
}

const namesOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
]
