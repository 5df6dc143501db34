import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../elements/Button.tsx'
import { Dialog } from '../elements/Dialog.tsx'
import { Field } from '../elements/Field.tsx'
import { Notice } from '../elements/Notice.tsx'
import { errorSentence } from '../shell/errorSentence.ts'
import { tell } from '../shell/tell.ts'
import { programProblem } from './operatorWords.ts'

/** What an operator is about to do. */
export type Question = {
  title: string
  /** What happens then. */
  children: ReactNode
  confirm: string
  danger?: boolean
  /** Whether a reason is asked for. */
  reason?: boolean
  /** Whether a program is asked for. */
  program?: boolean
  /** Answers what came of it, as a sentence. */
  act: (given: { reason: string; program: string }) => Promise<string>
}

/** Says what will happen, asks for a reason where others will read one, and shows what failed where it was asked. */
export function AskDialog({ question, onClose }: { question: Question; onClose: () => void }) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [program, setProgram] = useState('')
  const [pressed, setPressed] = useState(false)
  const act = useMutation({
    mutationFn: () => question.act({ reason: reason.trim(), program: program.trim() }),
    onSuccess: tell,
    // Not waited for: the dialog would stay until a coordinator that hangs has been given up.
    onSettled: () => void queries.invalidateQueries({ queryKey: ['operator'] }),
  })
  const problems = {
    program: question.program ? programProblem(program) : null,
    reason: question.reason && reason.trim() === '' ? 'Say why, in a sentence.' : null,
  }
  const failure = act.error && errorSentence(act.error, question.title.replace('?', ''))

  function submit(event: FormEvent) {
    event.preventDefault()
    setPressed(true)
    if (problems.program === null && problems.reason === null) act.mutate(undefined, { onSuccess: onClose })
  }
  return (
    <Dialog title={question.title} onClose={onClose} width="max-w-[32rem]" keep={act.isPending}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-5">
        <div className="text-ink-2">{question.children}</div>
        {question.program && (
          <Field
            label="Program"
            value={program}
            onChange={setProgram}
            autoComplete="off"
            figures
            problem={pressed ? problems.program : null}
            note="A built-in’s name, or sha256: and the hash that its task shows."
          />
        )}
        {question.reason && (
          <Field
            label="Reason"
            value={reason}
            onChange={setReason}
            maxLength={200}
            autoComplete="off"
            problem={pressed ? problems.reason : null}
            note="Customers and providers read it."
          />
        )}
        {failure && (
          <Notice meaning="fail" title={failure.title} details={failure.details}>
            {failure.hint}
          </Notice>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose} disabled={act.isPending}>
            Leave it
          </Button>
          <Button kind={question.danger ? 'danger' : 'primary'} type="submit" busy={act.isPending}>
            {question.confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
