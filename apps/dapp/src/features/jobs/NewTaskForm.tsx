import type { Asset } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useMemo, useRef, useState } from 'react'
import { cardMoneyQuery } from '../cards/cardQueries.ts'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { units } from '../format/formatAmount.ts'
import { plural } from '../format/plural.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { Acknowledgement } from './Acknowledgement.tsx'
import { fileProblem } from './fileProblem.ts'
import { type FilePlan, planFile } from './inputFile.ts'
import { firstTerms, type OrderTerms, readRepeat, replicasOf, withTerms } from './orderTerms.ts'
import { PictureFields } from './PictureFields.tsx'
import { PriceCard } from './PriceCard.tsx'
import { ProgramFields } from './ProgramFields.tsx'
import { firstPictureForm, type PictureForm, pictureTask, planPicture } from './pictureDraft.ts'
import {
  canPost,
  firstProgramForm,
  type ProgramForm,
  type ProgramPlan,
  planProgram,
  programTask,
} from './programDraft.ts'
import { TermsFields } from './TermsFields.tsx'
import { TilePreview } from './TilePreview.tsx'
import { balanceQuery } from './taskQueries.ts'
import { type InputFileState, useInputFile } from './useInputFile.ts'
import { usePostTask } from './usePostTask.ts'

const kinds = [
  { key: 'picture', label: 'A picture', note: 'Path-traced room' },
  { key: 'program', label: 'A program', note: 'Of your own' },
] as const

/** Orders a task: what it shall compute, how it is checked, what it may cost, and the word that strangers see it. */
export function NewTaskForm({ address }: { address: `0x${string}` }) {
  const [kind, setKind] = useState<(typeof kinds)[number]['key']>('picture')
  const [pictureForm, setPicture] = useState<PictureForm>(firstPictureForm)
  const [programForm, setProgram] = useState<ProgramForm>(firstProgramForm)
  const [terms, setTerms] = useState<OrderTerms>(firstTerms)
  const [pressed, setPressed] = useState(false)
  const acknowledgement = useRef<HTMLInputElement>(null)
  const post = usePostTask(address)
  const moneys = useMoneys(address)
  const picture = useMemo(() => planPicture(pictureForm), [pictureForm])
  const files = useInputFile(address)
  const filePlan = useFilePlan(files.state, programForm.stages.length)
  const program = useMemo(() => planProgram(programForm, filePlan), [programForm, filePlan])
  const { repeat, problem: repeatProblem } = readRepeat(terms)
  const drawn = kind === 'picture'
  const replicas = replicasOf(terms)
  // What is posted is what stood here when the button was pressed: a change ends the storing that comes first.
  const change =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      files.changed()
      set(value)
    }
  const changeTerms = change((part: Partial<OrderTerms>) => setTerms({ ...terms, ...part }))
  const price = drawn ? picture.pricePerTile : program.pricePerJob
  const jobs = (drawn ? picture.tiles : program.chunks * programForm.stages.length) * replicas

  function submit(event: FormEvent) {
    event.preventDefault()
    setPressed(true)
    if (!terms.acknowledged) return acknowledgement.current?.focus()
    if (repeatProblem !== null) return
    if (drawn && picture.pricePerTile !== null)
      void post.post(withTerms(pictureTask(pictureForm, picture.pricePerTile), terms), repeat)
    if (!drawn && canPost(program)) void postProgram(program)
  }

  async function postProgram(plan: ProgramPlan & { pricePerJob: bigint }) {
    try {
      const inputs = filePlan === null ? undefined : await files.inputsOf(filePlan)
      if (inputs !== null) await post.post(withTerms(programTask(programForm, plan, inputs), terms), repeat)
    } catch (error) {
      files.setProblem(fileProblem(error))
    }
  }
  return (
    <form onSubmit={submit} noValidate className="grid gap-6 full:grid-cols-[1fr_22rem]">
      <div className="card flex min-w-0 flex-col gap-6 self-start p-5 wide:p-6">
        <Choice legend="Compute" name="kind" value={kind} onChange={change(setKind)} options={kinds} />
        {drawn ? (
          <PictureFields
            unit={units[terms.asset]}
            form={pictureForm}
            plan={picture}
            change={(part) => setPicture({ ...pictureForm, ...part })}
          />
        ) : (
          <ProgramFields
            {...{ files, filePlan }}
            unit={units[terms.asset]}
            form={programForm}
            plan={program}
            change={change((part) => setProgram({ ...programForm, ...part }))}
          />
        )}
        {moneys.length > 1 && (
          <Choice
            legend="Pay with"
            name="asset"
            value={terms.asset}
            onChange={(asset) => changeTerms({ asset })}
            options={moneys}
          />
        )}
        <TermsFields terms={terms} repeatProblem={repeatProblem} change={changeTerms} />
      </div>
      <PriceCard
        {...{ price, jobs, address }}
        asset={terms.asset}
        repeated={repeat !== null}
        what={
          <>
            {drawn && <TilePreview plan={picture} />}
            <p className="text-ink-2">
              {drawn ? (
                <>
                  <span className="figure text-ink">{`${picture.width} × ${picture.height}`}</span> in{' '}
                  {plural(picture.tiles, 'tile')}, {picture.samples} paths a pixel
                </>
              ) : (
                <>
                  {plural(program.chunks, 'chunk')}
                  {programForm.stages.length > 1 && `, ${programForm.stages.length} stages each`}
                </>
              )}
              {replicas > 1 && `, each by ${replicas} owners`}
            </p>
          </>
        }
      >
        <Acknowledgement
          ref={acknowledgement}
          checked={terms.acknowledged}
          missing={pressed && !terms.acknowledged}
          demo={drawn}
          onChange={(acknowledged) => changeTerms({ acknowledged })}
        />
        <Button kind="primary" type="submit" busy={post.busy || (!drawn && isAtWork(files.state))}>
          {repeat === null ? 'Post task' : 'Start schedule'}
        </Button>
      </PriceCard>
    </form>
  )
}

/** How the chosen file becomes chunks; null while there is none. */
function useFilePlan(state: InputFileState, stages: number): FilePlan | null {
  const input = 'input' in state ? state.input : null
  const rowsTyped = 'rowsTyped' in state ? state.rowsTyped : ''
  return useMemo(() => input && planFile(input, rowsTyped, stages), [input, rowsTyped, stages])
}

const isAtWork = ({ step }: InputFileState): boolean => step === 'reading' || step === 'storing'

/** The kinds of money that this wallet can pay with; tokens always. */
function useMoneys(address: string): readonly { key: Asset; label: string; note: string }[] {
  const config = useConfig()
  const play = useQuery(balanceQuery(config, address)).data?.play
  const card = useQuery(cardMoneyQuery(config, address)).data
  return [
    { key: 'chain', label: 'USDC', note: 'from your deposit' },
    ...(card && card.deposited > 0n ? [{ key: 'card', label: 'Card money', note: 'that you paid in' } as const] : []),
    ...(play ? [{ key: 'test', label: 'Play money', note: 'worth nothing' } as const] : []),
  ]
}
