import type { Asset } from '@oblivion/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { cardMoneyQuery } from '../cards/cardQueries.ts'
import { Button } from '../elements/Button.tsx'
import { Choice } from '../elements/Choice.tsx'
import { findWrong } from '../elements/More.tsx'
import { units } from '../format/formatAmount.ts'
import { plural } from '../format/plural.ts'
import { networkStatsQuery } from '../network/networkQueries.ts'
import { useConfig } from '../shell/ConfigContext.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tellError } from '../shell/tell.ts'
import { Acknowledgement } from './Acknowledgement.tsx'
import { type FilePlan, planFile } from './filePlan.ts'
import { fileProblem } from './fileProblem.ts'
import { NeedsFields } from './NeedsFields.tsx'
import { firstNeedsForm, type NeedsForm, planNeeds } from './needsDraft.ts'
import { firstTerms, type OrderTerms, readRepeat, replicasOf, withTerms } from './orderTerms.ts'
import { PictureFields } from './PictureFields.tsx'
import { PriceCard } from './PriceCard.tsx'
import { PriceFields } from './PriceFields.tsx'
import { ProgramFields } from './ProgramFields.tsx'
import { firstPictureForm, type PictureForm, pictureTask, planPicture } from './pictureDraft.ts'
import { firstPriceForm, type PriceForm, type PriceTerms, planPrice } from './priceDraft.ts'
import {
  canPost,
  firstProgramForm,
  type ProgramForm,
  planProgram,
  programTask,
  type StageForm,
} from './programDraft.ts'
import { RunFields } from './RunFields.tsx'
import type { Refusal, Refused } from './refusal.ts'
import { firstRunForm, planRun, type RunForm } from './runDraft.ts'
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
  const [priceForm, setPrice] = useState<PriceForm>(firstPriceForm)
  const [terms, setTerms] = useState<OrderTerms>(firstTerms)
  const [needsForm, setNeeds] = useState<NeedsForm>(firstNeedsForm)
  const [runForm, setRun] = useState<RunForm>(firstRunForm)
  const [pressed, setPressed] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const acknowledgement = useRef<HTMLInputElement>(null)
  const post = usePostTask(address, setRefusal)
  const moneys = useMoneys(address)
  const picture = useMemo(() => planPicture(pictureForm), [pictureForm])
  const files = useInputFile(address)
  const filePlan = useFilePlan(files.state)
  const program = useMemo(() => planProgram(programForm, filePlan), [programForm, filePlan])
  const run = planRun(runForm)
  const price = planPrice(priceForm)
  const usual = useQuery(networkStatsQuery(useConfig())).data?.defaultPricePerHour ?? null
  const { repeat, problem: repeatProblem } = readRepeat(terms)
  const drawn = kind === 'picture'
  const replicas = replicasOf(terms)
  const needs = planNeeds(needsForm, replicas, drawn)
  const ranged = !drawn && programForm.from === 'range'
  const refused: Refused = (field) => (refusal?.field === field ? refusal.problem : null)
  // Where the field is, its reader is brought there; one that the form does not have is told of at the edge.
  useEffect(() => {
    if (refusal === null || form.current === null) return
    const wrong = findWrong(form.current)
    if (wrong === null) tellError(errorSentence(refusal.error, 'Posting the task'))
    else wrong.focus()
  }, [refusal])
  // What is posted is what stood here when the button was pressed: a change ends the storing that comes first.
  const change =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      files.changed()
      setRefusal(null)
      set(value)
    }
  const changeTerms = change((part: Partial<OrderTerms>) => setTerms({ ...terms, ...part }))
  const changeProgram = change((part: Partial<ProgramForm>) => setProgram({ ...programForm, ...part }))
  // Of the form as it is then: a file has been read meanwhile.
  const changeStage = (place: number, part: Partial<StageForm>) =>
    change(setProgram)((now: ProgramForm) => ({
      ...now,
      stages: now.stages.map((stage, at) => (at === place ? { ...stage, ...part } : stage)),
    }))
  const noun = drawn ? 'tile' : programForm.stages.length === 1 ? 'chunk' : 'chunk and stage'
  const jobs = (drawn ? picture.tiles : program.chunks * programForm.stages.length) * replicas

  const more = { ...needs.needs, ...run.terms }

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setPressed(true)
    if (!terms.acknowledged) return acknowledgement.current?.focus()
    // What is wrong says so beside it; here its reader is brought there.
    const wrong = findWrong(event.currentTarget)
    if (wrong !== null) return wrong.focus()
    if (repeatProblem !== null || price.terms === null) return
    if (drawn) void post.post(withTerms(pictureTask(pictureForm, price.terms), terms, more), repeat)
    else if (canPost(program)) void postProgram(price.terms)
  }

  async function postProgram(at: PriceTerms) {
    try {
      const inputs = filePlan === null || ranged ? undefined : await files.inputsOf(filePlan)
      if (inputs !== null)
        await post.post(withTerms(programTask(programForm, program, at, inputs), terms, more), repeat)
    } catch (error) {
      files.setProblem(fileProblem(error))
    }
  }
  return (
    <form ref={form} onSubmit={submit} noValidate className="grid gap-6 full:grid-cols-[1fr_22rem]">
      <div className="card flex min-w-0 flex-col gap-6 self-start p-5 wide:p-6">
        <Choice legend="Compute" name="kind" value={kind} onChange={change(setKind)} options={kinds} />
        {drawn ? (
          <PictureFields
            form={pictureForm}
            refused={refused}
            change={change((part) => setPicture({ ...pictureForm, ...part }))}
          />
        ) : (
          <ProgramFields
            {...{ files, filePlan, refused, changeStage }}
            form={programForm}
            plan={program}
            change={changeProgram}
          />
        )}
        <NeedsFields
          form={needsForm}
          plan={needs}
          {...{ replicas, refused }}
          builtin={drawn}
          change={change((part) => setNeeds({ ...needsForm, ...part }))}
        />
        <PriceFields
          unit={units[terms.asset]}
          noun={noun}
          form={priceForm}
          plan={price}
          {...{ usual, refused }}
          change={change((part) => setPrice({ ...priceForm, ...part }))}
        />
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
        <RunFields
          noun={drawn ? 'tile' : 'chunk'}
          form={runForm}
          plan={run}
          refused={refused}
          change={change((part) => setRun({ ...runForm, ...part }))}
        />
      </div>
      <PriceCard
        {...{ jobs, address }}
        price={price.most}
        metered={price.metered}
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
        <Button kind="primary" type="submit" busy={post.busy || (!drawn && !ranged && isAtWork(files.state))}>
          {repeat === null ? 'Post task' : 'Start schedule'}
        </Button>
      </PriceCard>
    </form>
  )
}

/** How the chosen file becomes chunks; null while there is none. */
function useFilePlan(state: InputFileState): FilePlan | null {
  const input = 'input' in state ? state.input : null
  const rowsTyped = 'rowsTyped' in state ? state.rowsTyped : ''
  return useMemo(() => input && planFile(input, rowsTyped), [input, rowsTyped])
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
