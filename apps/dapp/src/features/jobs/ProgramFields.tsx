import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { TextArea } from '../elements/TextArea.tsx'
import { FileInputs } from './FileInputs.tsx'
import type { FilePlan } from './filePlan.ts'
import {
  inputChoices,
  mostStages,
  nextStage,
  type ProgramForm,
  type ProgramPlan,
  type StageForm,
} from './programDraft.ts'
import { RangeFields } from './RangeFields.tsx'
import type { Refused } from './refusal.ts'
import { StageFields } from './StageFields.tsx'
import type { useInputFile } from './useInputFile.ts'

type ProgramFieldsProps = {
  files: ReturnType<typeof useInputFile>
  filePlan: FilePlan | null
  form: ProgramForm
  plan: ProgramPlan
  refused: Refused
  change: (part: Partial<ProgramForm>) => void
  changeStage: (place: number, part: Partial<StageForm>) => void
}

/** The customer's own program, its stages and its inputs. */
export function ProgramFields({ files, filePlan, form, plan, refused, change, changeStage }: ProgramFieldsProps) {
  const { stages } = form
  return (
    <>
      <Field
        label="Title"
        value={form.title}
        maxLength={120}
        onChange={(title) => change({ title })}
        problem={refused('title')}
      />
      <Choice
        legend="Compute it from"
        name="from"
        value={form.from}
        onChange={(from) => change({ from })}
        options={inputChoices}
      />
      {form.from === 'range' ? (
        <RangeFields
          form={form.range}
          {...{ plan, refused }}
          change={(part) => change({ range: { ...form.range, ...part } })}
        />
      ) : (
        <FileInputs files={files} plan={filePlan}>
          <TextArea
            label="Inputs"
            rows={4}
            value={form.inputs}
            onChange={(inputs) => change({ inputs })}
            problem={plan.inputsProblem ?? refused('inputs')}
            note="One JSON value a line; each line is a chunk."
          />
        </FileInputs>
      )}
      {stages.map((stage, index) => (
        // Stages have no name but their place; only the last one can be taken away.
        <div key={`stage ${index + 1}`} className="flex flex-col gap-4">
          <StageFields
            place={index}
            alone={stages.length === 1}
            stage={stage}
            problem={
              plan.stageProblems[index] ??
              refused(stages.length === 1 ? 'program.source' : `pipeline[${index}].program.source`)
            }
            memoryProblem={plan.memoryProblems[index] ?? null}
            change={(part) => changeStage(index, part)}
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
