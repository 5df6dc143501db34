import type { Program } from '../Program.ts'
import { cardScenes } from './cards/cardScenes.ts'
import { encodeGif } from './pictures/gif.ts'
import { encodePng } from './pictures/png.ts'
import { readFrames, readPicture } from './pictures/readFrames.ts'
import { shrink } from './pictures/resize.ts'
import { bringsMedia, dataUrl, mediaOf, readBrief, wordsOf } from './readBrief.ts'
import { prepareSound, toMono } from './sound/prepareSound.ts'
import { decodeWav, encodeWav } from './sound/wav.ts'
import { paragraphsIn } from './text/splitText.ts'

/** The longest side of a prepared picture, in pixels. */
const PICTURE_SIDE = 1024

/**
 * `asset_prep`: what a brief brings in one form that the later stages work on: a picture of at most 1,024 pixels a side, a
 * sound of one channel without silence at its ends and as loud as it can be, a video in the size of ours, a text without
 * loose spaces; and where a video is to be made of words, the scenes that they make.
 */
export const assetPrep = (async (input, { progress }) => {
  const brief = readBrief(input)
  const { mediaType } = brief
  await progress(0.1)
  switch (mediaType) {
    case 'text':
      return { mediaType, text: paragraphsIn(wordsOf(brief)).join('\n\n') }
    case 'image': {
      const picture = shrink(readPicture(mediaOf(brief, 'image')), PICTURE_SIDE)
      const { width, height } = picture
      return { mediaType, width, height, image_url: dataUrl('image/png', encodePng(picture)) }
    }
    case 'audio': {
      const sound = decodeWav(mediaOf(brief, 'audio'))
      const samples = prepareSound(toMono(sound))
      const seconds = Math.round((samples.length * 1000) / sound.sampleRate) / 1000
      return { mediaType, seconds, audio_url: dataUrl('audio/wav', encodeWav(samples, sound.sampleRate)) }
    }
    case 'video': {
      if (!bringsMedia(brief)) return { mediaType, scenes: cardScenes(brief) }
      const frames = readFrames(mediaOf(brief, 'video'))
      await progress(0.5)
      const [{ width, height } = { width: 0, height: 0 }] = frames
      return { mediaType, width, height, frames: frames.length, video_url: dataUrl('image/gif', encodeGif(frames)) }
    }
  }
}) satisfies Program
