import { Field } from '../elements/Field.tsx'
import { More } from '../elements/More.tsx'
import { TextArea } from '../elements/TextArea.tsx'
import { plural } from '../format/plural.ts'
import { originsOf, type SiteForm, type SiteProblems } from './siteDraft.ts'

type SiteFieldsProps = {
  form: SiteForm
  onChange: (part: Partial<SiteForm>) => void
  problems: SiteProblems
  /** Whoever agreed before has the old split until they are asked again. */
  changing?: boolean
}

/** What a site is: its name and addresses, who earns, the most that a visitor gives; folded, programs and caps. */
export function SiteFields({ form, onChange, problems, changing = false }: SiteFieldsProps) {
  const origins = originsOf(form.origins)
  const theirs = problems.ownerBps ? null : Math.round(10_000 - Number(form.ownerBps) * 100) / 100
  const folded = ['programs', 'maxVisitors', 'registrationsPerHour'] as const
  return (
    <>
      <Field
        label="Name"
        value={form.name}
        onChange={(name) => onChange({ name })}
        maxLength={80}
        problem={problems.name}
        note="Visitors read it in the question."
      />
      <TextArea
        label="Addresses of the site"
        value={form.origins}
        rows={Math.min(6, Math.max(2, form.origins.split('\n').length))}
        onChange={(text) => onChange({ origins: text })}
        placeholder="https://example.com"
        problem={problems.origins}
        note={
          origins.length === 0
            ? 'One a line, up to 20. The key works there and nowhere else; www.example.com is not example.com.'
            : `The key works on ${origins.join(', ')} and nowhere else.`
        }
      />
      <div className="grid gap-4 wide:grid-cols-2">
        <Field
          label="Your part of what visitors earn"
          value={form.ownerBps}
          onChange={(ownerBps) => onChange({ ownerBps })}
          inputMode="decimal"
          figures
          unit="%"
          problem={problems.ownerBps}
          note={`${theirs === null ? 'The rest' : `${theirs} %`} is theirs.${changing ? ' A change holds for whoever agrees from then on.' : ''}`}
        />
        <Field
          label="Most that a visitor can give"
          value={form.maxCpuPercent}
          onChange={(maxCpuPercent) => onChange({ maxCpuPercent })}
          inputMode="numeric"
          figures
          unit="% of one core"
          problem={problems.maxCpuPercent}
          note="From 5 to 100. Each visitor chooses less, or this."
        />
      </div>
      <More title="Programs and caps" says={saysOf(form)} wrong={folded.some((field) => problems[field] !== undefined)}>
        <TextArea
          label="Programs that visitors may run"
          value={form.programs}
          rows={2}
          onChange={(programs) => onChange({ programs })}
          problem={problems.programs}
          note="One a line: raytrace draws tiles of pictures; a customer’s program that an operator has reviewed goes by its key, sha256:… What you take away ends after the jobs at hand."
        />
        <div className="grid gap-4 wide:grid-cols-2">
          <Field
            label="Visitors at most"
            value={form.maxVisitors}
            onChange={(maxVisitors) => onChange({ maxVisitors })}
            inputMode="numeric"
            figures
            problem={problems.maxVisitors}
            note="Browsers that have agreed and were here within a day."
          />
          <Field
            label="New visitors an hour at most"
            value={form.registrationsPerHour}
            onChange={(registrationsPerHour) => onChange({ registrationsPerHour })}
            inputMode="numeric"
            figures
            problem={problems.registrationsPerHour}
            note="Against whoever would fill your site with made-up ones."
          />
        </div>
      </More>
    </>
  )
}

function saysOf({ programs, maxVisitors }: SiteForm): string {
  const count = programs.split(/[\n,]+/).filter((name) => name.trim() !== '').length
  const visitors = Number(maxVisitors)
  return `${count === 1 ? programs.trim() : plural(count, 'program')}, ${Number.isNaN(visitors) ? '' : plural(visitors, 'visitor')}`
}
