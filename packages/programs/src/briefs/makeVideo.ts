import { cardScenes } from './cards/cardScenes.ts'
import { drawCards } from './cards/drawCards.ts'
import { cutVideo } from './pictures/cutVideo.ts'
import type { Frame } from './pictures/Picture.ts'
import { readFrames } from './pictures/readFrames.ts'
import { type Brief, bringsMedia, mediaOf } from './readBrief.ts'
import { refuse } from './refuse.ts'

/**
 * The frames of a brief's video, out of what it brings: a video, a picture, or words.
 *
 * @throws {RangeError} for a sound, of which there is nothing to see.
 */
export const makeVideo = (brief: Brief): Frame[] => {
  const { mediaType } = brief
  if (!bringsMedia(brief)) return drawCards(cardScenes(brief))
  if (mediaType === 'audio' || mediaType === 'text') return refuse('metadata', 'has nothing that can be seen')
  return cutVideo(readFrames(mediaOf(brief, mediaType)))
}
