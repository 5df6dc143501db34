import type { Program } from '../Program.ts'
import { operations, readOperations } from './pictures/improve.ts'
import { encodePng } from './pictures/png.ts'
import { readPicture } from './pictures/readFrames.ts'
import { dataUrl, mediaOf, readBrief } from './readBrief.ts'

/** `image_processing`: a brief's picture after the operations of `metadata.operations`, one after the other. */
export const imageProcessing = (async (input, { progress }) => {
  const brief = readBrief(input)
  const wanted = readOperations(brief.metadata.operations)
  let picture = readPicture(mediaOf(brief, 'image'))
  for (const [number, name] of wanted.entries()) {
    await progress(number / (wanted.length + 1))
    picture = operations[name](picture)
  }
  const { width, height } = picture
  return { mediaType: 'image', operations: wanted, width, height, image_url: dataUrl('image/png', encodePng(picture)) }
}) satisfies Program
