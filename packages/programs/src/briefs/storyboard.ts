import type { Program } from '../Program.ts'
import { cardScenes } from './cards/cardScenes.ts'
import { findScenes } from './pictures/findScenes.ts'
import { encodePng } from './pictures/png.ts'
import { readFrames, readPicture } from './pictures/readFrames.ts'
import { shrink } from './pictures/resize.ts'
import { bringsMedia, dataUrl, mediaOf, readBrief } from './readBrief.ts'
import { refuse } from './refuse.ts'

/** The longest side of a scene's picture, and scenes of a video that have one. */
const SIDE = 160
const MOST = 48

/**
 * `storyboard`: the scenes of a brief in their order, each with how long it is: those of a video with the picture in the
 * middle of each, of words a caption each.
 */
export const storyboard = (async (input, { progress }) => {
  const brief = readBrief(input)
  const { mediaType } = brief
  await progress(0.1)
  if (!bringsMedia(brief)) return { mediaType, scenes: cardScenes(brief) }
  if (mediaType === 'image') {
    const picture = shrink(readPicture(mediaOf(brief, 'image')), SIDE)
    return { mediaType, scenes: [{ image_url: dataUrl('image/png', encodePng(picture)) }] }
  }
  if (mediaType !== 'video')
    return refuse('metadata', 'has a sound, which has no scenes: bring a video, a picture or words')
  const frames = readFrames(mediaOf(brief, 'video'))
  await progress(0.5)
  const scenes = findScenes(frames).map((scene, number) => {
    const middle = frames[scene.from + (scene.frames >> 1)]
    const shown = middle !== undefined && number < MOST
    return { ...scene, ...(shown ? { image_url: dataUrl('image/png', encodePng(shrink(middle, SIDE))) } : {}) }
  })
  return { mediaType, scenes }
}) satisfies Program
