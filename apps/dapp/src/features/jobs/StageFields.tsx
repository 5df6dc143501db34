import { useEffect, useId, useRef } from 'react'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { FileButton } from '../elements/FileButton.tsx'
import { TextArea } from '../elements/TextArea.tsx'
import { formatBytes } from '../format/formatBytes.ts'
import { languageChoices, type StageForm } from './programDraft.ts'
import { readWasmModule } from './wasmModule.ts'

type StageFieldsProps = {
  /** From 0. */
  place: number
  /** Whether it is the only one. */
  alone: boolean
  stage: StageForm
  problem: string | null
  memoryProblem: string | null
  change: (part: Partial<StageForm>) => void
}

/** The program of one stage, typed or out of a file. */
export function StageFields({ place, alone, stage, problem, memoryProblem, change }: StageFieldsProps) {
  const label = alone ? 'Program' : `Program of stage ${place + 1}`
  const gets = 'Gets { input, previous }: the chunk’s input and the result of the stage before.'
  return (
    <>
      <Choice
        legend={alone ? 'Language' : `Language of stage ${place + 1}`}
        name={`language ${place}`}
        value={stage.language}
        onChange={(language) => change({ language })}
        options={languageChoices}
      />
      {stage.language === 'js' ? (
        <TextArea
          label={label}
          rows={place === 0 ? 10 : 5}
          value={stage.source}
          onChange={(source) => change({ source })}
          problem={problem}
          note={
            place === 0
              ? 'An input in, a JSON value out. No network, files or clock; the same input gives the same bytes.'
              : gets
          }
        />
      ) : (
        <div className="grid items-start gap-6 wide:grid-cols-[1fr_12rem]">
          <ModuleField
            label={label}
            stage={stage}
            problem={problem}
            note={place === 0 ? 'It exports alloc and run: JSON text in, JSON text out. 64 kB at most.' : gets}
            change={change}
          />
          <Field
            label="Memory at most"
            value={stage.memory}
            onChange={(memory) => change({ memory })}
            inputMode="numeric"
            autoComplete="off"
            placeholder="256"
            unit="MiB"
            figures
            problem={memoryProblem}
            note="What it may grow to on a worker."
          />
        </div>
      )}
    </>
  )
}

type ModuleFieldProps = Pick<StageFieldsProps, 'stage' | 'problem' | 'change'> & { label: string; note: string }

/** A file that holds a WebAssembly module. */
function ModuleField({ label, stage, problem, note, change }: ModuleFieldProps) {
  const id = useId()
  const { module } = stage
  const reading = useRef<AbortController | null>(null)
  useEffect(() => () => reading.current?.abort(), [])
  /** Ends what is being read: the person has decided anew. */
  const begin = (): AbortSignal => {
    reading.current?.abort()
    reading.current = new AbortController()
    return reading.current.signal
  }
  async function choose(list: FileList | null) {
    const file = list?.[0]
    if (!file) return
    const signal = begin()
    const read = await readWasmModule(file)
    if (!signal.aborted)
      change('module' in read ? { module: read.module, moduleProblem: null } : { moduleProblem: read.problem })
  }
  return (
    <fieldset aria-describedby={`${id}-note`} className="min-w-0">
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1">
        <FileButton accept=".wasm,application/wasm" invalid={problem !== null} onChoose={(list) => void choose(list)}>
          {module === null ? 'Choose a .wasm file' : 'Another file'}
        </FileButton>
        {module !== null && (
          <>
            <span className="min-w-0 flex-1">
              <span className="block truncate" title={module.name}>
                {module.name}
              </span>
              <span className="figure block text-12 text-ink-3">{formatBytes(module.size)}</span>
            </span>
            <Button
              size="small"
              kind="quiet"
              onClick={() => {
                begin()
                change({ module: null, moduleProblem: null })
              }}
            >
              Remove
            </Button>
          </>
        )}
      </div>
      <p id={`${id}-note`} className={`mt-1.5 break-words text-12 ${problem ? 'text-fail-ink' : 'text-ink-3'}`}>
        {problem ?? note}
      </p>
    </fieldset>
  )
}
