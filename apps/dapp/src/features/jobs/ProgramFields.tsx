import { Button } from '../elements/Button.tsx'
import { Field } from '../elements/Field.tsx'
import { TextArea } from '../elements/TextArea.tsx'
import { FileInputs } from './FileInputs.tsx'
import type { FilePlan } from './inputFile.ts'
import { mostStages, nextStage, type ProgramForm, type ProgramPlan } from './programDraft.ts'
import type { useInputFile } from './useInputFile.ts'

type ProgramFieldsProps = {
  files: ReturnType<typeof useInputFile>
  filePlan: FilePlan | null
  form: ProgramForm
  plan: ProgramPlan
  change: (part: Partial<ProgramForm>) => void
}

/** The customer's own program, its stages and its inputs. */
export function ProgramFields({ files, filePlan, form, plan, change }: ProgramFieldsProps) {
  const { stages } = form
  return (
    <>
      <Field label="Title" value={form.title} maxLength={120} onChange={(title) => change({ title })} />
      <FileInputs files={files} plan={filePlan}>
        <TextArea
          label="Inputs"
          rows={4}
          value={form.inputs}
          onChange={(inputs) => change({ inputs })}
          problem={plan.inputsProblem}
          note="One JSON value a line; each line is a chunk."
        />
      </FileInputs>
      {stages.map((source, index) => (
        // Stages have no name but their place; only the last one can be taken away.
        <div key={`stage ${index + 1}`} className="flex flex-col gap-2">
          <TextArea
            label={stages.length === 1 ? 'Program' : `Program of stage ${index + 1}`}
            rows={index === 0 ? 10 : 5}
            value={source}
            onChange={(text) => change({ stages: stages.map((other, place) => (place === index ? text : other)) })}
            problem={plan.stageProblems[index]}
            note={
              index === 0
                ? 'JavaScript: an input in, a JSON value out. No network, files or clock; the same input gives the same bytes.'
                : 'Gets { input, previous }: the chunk’s input and the result of the stage before.'
            }
          />
          {index > 0 && index === stages.length - 1 && (
            <Button
              size="small"
              kind="quiet"
              className="-ml-3 self-start"
              onClick={() => change({ stages: stages.slice(0, -1) })}
            >
              Remove stage {index + 1}
            </Button>
          )}
        </div>
      ))}
      {stages.length < mostStages && (
        <Button size="small" className="self-start" onClick={() => change({ stages: [...stages, nextStage] })}>
          Add a stage
        </Button>
      )}
    </>
  )
}
