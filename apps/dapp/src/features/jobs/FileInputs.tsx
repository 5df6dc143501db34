import { type DragEvent, type ReactNode, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { classNames } from '../elements/classNames.ts'
import { Field } from '../elements/Field.tsx'
import { FileButton } from '../elements/FileButton.tsx'
import { ProgressBar } from '../elements/ProgressBar.tsx'
import { formatBytes } from '../format/formatBytes.ts'
import { plural } from '../format/plural.ts'
import type { FilePlan } from './filePlan.ts'
import type { useInputFile } from './useInputFile.ts'

type FileInputsProps = {
  files: ReturnType<typeof useInputFile>
  plan: FilePlan | null
  /** The inputs as typed, shown while there is no file. */
  children: ReactNode
}

/** Inputs out of a file, chosen or dropped, instead of typed ones. */
export function FileInputs({ files, plan, children }: FileInputsProps) {
  const { state } = files
  const [over, setOver] = useState(false)
  const choose = (list: FileList | null) => {
    const file = list?.[0]
    if (file) void files.choose(file)
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    choose(event.dataTransfer.files)
  }
  return (
    <fieldset
      aria-label="Inputs, typed or from a file"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={classNames(
        'flex min-w-0 flex-col gap-2 rounded-control',
        over && 'outline-2 outline-link outline-offset-4',
      )}
    >
      {state.step === 'none' ? (
        <>
          {children}
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <FileButton
              accept=".ndjson,.jsonl,.json,.csv,application/x-ndjson,application/json,text/csv"
              onChoose={choose}
            >
              Choose a file
            </FileButton>
            <span className="text-12 text-ink-3">
              {over ? 'Drop it here.' : 'Or drop one here: NDJSON, CSV, or a JSON list, up to 512 MiB.'}
            </span>
          </div>
          {state.problem !== null && (
            <p role="alert" className="break-words text-12 text-fail-ink">
              {state.problem}
            </p>
          )}
        </>
      ) : (
        <>
          <p className="font-medium">Inputs</p>
          <div className="flex flex-col gap-3 rounded-control border border-line-strong px-3 py-3">
            {state.step === 'reading' ? (
              <Progress
                share={state.share}
                words={`Reading ${state.name}`}
                reading={`${Math.floor(state.share * 100)} %`}
                onCancel={files.clear}
              />
            ) : (
              <>
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
                  <p className="min-w-0 flex-1 basis-48">
                    <span className="block truncate" title={state.file.name}>
                      {state.file.name}
                    </span>
                    <span className="text-12 text-ink-3">
                      {formatBytes(state.file.size)}, {plural(state.input.rows, 'row')}
                      {state.input.columns !== null && ` of ${plural(state.input.columns.length, 'column')}`}
                    </span>
                  </p>
                  {state.step === 'ready' && (
                    <Button size="small" kind="quiet" className="max-wide:-ml-3" onClick={files.clear}>
                      Remove
                    </Button>
                  )}
                </div>
                {state.step === 'ready' ? (
                  <Field
                    label="Rows a chunk"
                    value={state.rowsTyped}
                    onChange={files.setRows}
                    inputMode="numeric"
                    figures
                    className="max-w-80"
                    problem={plan?.problem}
                    note={plan === null ? undefined : chunkNote(plan)}
                  />
                ) : (
                  <Progress
                    share={state.done / state.chunks}
                    words="Storing the chunks"
                    reading={`${state.done.toLocaleString('en-US')} of ${state.chunks.toLocaleString('en-US')}`}
                    onCancel={files.cancel}
                  />
                )}
              </>
            )}
          </div>
          {state.step === 'ready' && state.problem !== null && (
            <p role="alert" className="break-words text-12 text-fail-ink">
              {state.problem}
            </p>
          )}
        </>
      )}
    </fieldset>
  )
}

function chunkNote({ rowsPerChunk, stores }: FilePlan): string {
  const gets =
    rowsPerChunk === 1
      ? 'The program gets one row at a time.'
      : `The program gets a list of ${rowsPerChunk.toLocaleString('en-US')} rows.`
  return stores ? `${gets} Chunks are uploaded when you post, each under the hash of its bytes.` : gets
}

type ProgressProps = { share: number; words: string; reading: string; onCancel: () => void }

function Progress({ share, words, reading, onCancel }: ProgressProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-48">
        <p className="mb-2 flex justify-between gap-3 text-ink-2">
          <span className="truncate">{words}</span>
          <span className="figure whitespace-nowrap">{reading}</span>
        </p>
        <ProgressBar share={share} label={words} reading={reading} />
      </div>
      <Button size="small" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  )
}
