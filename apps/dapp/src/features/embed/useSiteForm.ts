import type { Site, SiteSettings } from '@oblivion/core'
import { type FormEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { findWrong } from '../elements/More.tsx'
import { type Refusal, refusalOf } from '../jobs/refusal.ts'
import { emptySite, formOf, planSite, type SiteForm, type SiteProblems } from './siteDraft.ts'

type SiteFormState = {
  /** Of the form element, in which the first wrong field is looked for. */
  ref: RefObject<HTMLFormElement | null>
  form: SiteForm
  /** What is shown as wrong now. */
  problems: SiteProblems
  /** The server's last error, where it speaks of no field that is here. */
  failure: Error | null
  change: (part: Partial<SiteForm>) => void
  submit: (event: FormEvent) => void
  clear: () => void
}

/**
 * The texts of a site's form. A field that is filled in says what is wrong with it, after a press each does, and the first of
 * them gets the focus; so does the one of which the server's refusal speaks.
 *
 * @param site As it is by now; null is a new one.
 * @param refused The last error of the server's, if any.
 * @param onReady Gets what the form says once nothing in it is wrong.
 */
export function useSiteForm(
  site: Site | null,
  refused: Error | null,
  onReady: (settings: SiteSettings) => void,
): SiteFormState {
  const ref = useRef<HTMLFormElement>(null)
  const [form, setForm] = useState(site ? formOf(site) : emptySite)
  const [pressed, setPressed] = useState(false)
  const [answered, setAnswered] = useState<Refusal | null>(null)
  const { settings, problems } = planSite(form, site?.programs)
  const refusal = useMemo(() => refusalOf(refused), [refused])
  const placed = refusal !== null && refusal.field in form
  useEffect(() => setAnswered(placed ? refusal : null), [placed, refusal])
  useEffect(() => {
    if (answered) focusWrong(ref)
  }, [answered])
  const shown = Object.entries(problems).filter(([field]) => pressed || form[field as keyof SiteForm].trim() !== '')
  return {
    ref,
    form,
    problems: { ...(answered && { [answered.field]: answered.problem }), ...Object.fromEntries(shown) },
    failure: placed ? null : refused,
    change: (part) => {
      setForm({ ...form, ...part })
      setAnswered(null)
    },
    submit: (event) => {
      event.preventDefault()
      if (settings) return onReady(settings)
      // What is wrong is found by how it is drawn.
      flushSync(() => setPressed(true))
      focusWrong(ref)
    },
    clear: () => {
      setForm(emptySite)
      setPressed(false)
    },
  }
}

const focusWrong = ({ current }: RefObject<HTMLFormElement | null>): void => {
  if (current) findWrong(current)?.focus()
}
