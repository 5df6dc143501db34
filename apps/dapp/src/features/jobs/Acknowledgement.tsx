import { type Ref, useId } from 'react'

type AcknowledgementProps = {
  ref: Ref<HTMLInputElement>
  checked: boolean
  /** True once somebody tried to post without it. */
  missing: boolean
  /** The demo scene, which is public anyway. */
  demo: boolean
  onChange: (checked: boolean) => void
}

/** The word that a program and its inputs are seen by strangers: nothing is posted without it. */
export function Acknowledgement({ ref, checked, missing, demo, onChange }: AcknowledgementProps) {
  const noteId = useId()
  return (
    <div className="border-line border-t pt-4">
      <label className="flex cursor-pointer items-start gap-3">
        <input
          ref={ref}
          type="checkbox"
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          aria-describedby={noteId}
          aria-invalid={missing || undefined}
          className="mt-0.5 size-4 shrink-0 accent-[var(--ink)]"
        />
        <span>I understand that strangers’ machines see this program and its inputs in clear.</span>
      </label>
      <p id={noteId} className={`mt-1 pl-7 text-12 ${missing ? 'text-fail-ink' : 'text-ink-3'}`}>
        {missing
          ? 'Tick this to post: what a worker has seen cannot be taken back.'
          : demo
            ? 'This demo scene is public anyway. Keep it in mind for anything of your own.'
            : 'Leave out names, keys and whatever else is not for everybody.'}
      </p>
    </div>
  )
}
