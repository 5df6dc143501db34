import type { TaskDraft } from '@oblivion/core'
import { raytraceInputs } from '@oblivion/programs'
import { mostOf, type PriceTerms } from './priceDraft.ts'

/** The choices for the demo picture. A tile has at most 15,000 pixels, so that its result stays below 64 kB. */
export const pictureSizes = [
  { key: '1280x720', width: 1280, height: 720 },
  { key: '640x360', width: 640, height: 360 },
  { key: '320x180', width: 320, height: 180 },
] as const

export const tileSizes = [
  { key: '160x90', width: 160, height: 90 },
  { key: '80x90', width: 80, height: 90 },
  { key: '80x45', width: 80, height: 45 },
] as const

export const sampleChoices = [
  { key: '4', samples: 4, word: 'Draft' },
  { key: '16', samples: 16, word: 'Good' },
  { key: '64', samples: 64, word: 'Clean' },
] as const

export type PictureForm = {
  title: string
  size: (typeof pictureSizes)[number]['key']
  tile: (typeof tileSizes)[number]['key']
  samples: (typeof sampleChoices)[number]['key']
  acknowledged: boolean
}

export const firstPictureForm: PictureForm = {
  title: 'Path-traced room',
  size: '1280x720',
  tile: '160x90',
  samples: '16',
  acknowledged: false,
}

/** What a form comes to, before it is posted. */
export type PicturePlan = {
  width: number
  height: number
  columns: number
  rows: number
  tiles: number
  samples: number
}

export function planPicture(form: PictureForm): PicturePlan {
  const size = pictureSizes.find(({ key }) => key === form.size) ?? pictureSizes[0]
  const tile = tileSizes.find(({ key }) => key === form.tile) ?? tileSizes[0]
  const columns = Math.ceil(size.width / tile.width)
  const rows = Math.ceil(size.height / tile.height)
  const tiles = columns * rows
  return {
    width: size.width,
    height: size.height,
    columns,
    rows,
    tiles,
    samples: Number(form.samples),
  }
}

/** The task that a form orders at a price. */
export function pictureTask(form: PictureForm, price: PriceTerms): TaskDraft {
  const plan = planPicture(form)
  const tile = tileSizes.find(({ key }) => key === form.tile) ?? tileSizes[0]
  return {
    title: form.title.trim() || firstPictureForm.title,
    program: { kind: 'builtin', name: 'raytrace' },
    inputs: raytraceInputs({
      width: plan.width,
      height: plan.height,
      tileWidth: tile.width,
      tileHeight: tile.height,
      samples: plan.samples,
    }),
    ...price,
    budget: mostOf(price) * BigInt(plan.tiles),
    acknowledgeVisible: true,
  }
}
