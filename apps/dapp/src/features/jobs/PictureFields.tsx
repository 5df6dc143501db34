import { Choice } from '../elements/Choice.tsx'
import { Field } from '../elements/Field.tsx'
import { type PictureForm, pictureSizes, planPicture, sampleChoices, tileSizes } from './pictureDraft.ts'
import type { Refused } from './refusal.ts'

type PictureFieldsProps = {
  form: PictureForm
  refused: Refused
  change: (part: Partial<PictureForm>) => void
}

/** What the demo picture shall be. */
export function PictureFields({ form, refused, change }: PictureFieldsProps) {
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
        legend="Picture"
        name="size"
        value={form.size}
        onChange={(size) => change({ size })}
        options={pictureSizes.map(({ key, width, height }) => ({ key, label: `${width} × ${height}` }))}
      />
      <Choice
        legend="Tiles"
        name="tile"
        value={form.tile}
        onChange={(tile) => change({ tile })}
        options={tileSizes.map(({ key, width, height }) => ({
          key,
          label: String(planPicture({ ...form, tile: key }).tiles),
          note: `${width} × ${height}`,
        }))}
      />
      <Choice
        legend="Paths a pixel"
        name="samples"
        value={form.samples}
        onChange={(samples) => change({ samples })}
        options={sampleChoices.map(({ key, word }) => ({ key, label: key, note: word }))}
      />
    </>
  )
}
