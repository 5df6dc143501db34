import type { Program } from '../Program.ts'
import { findScenes } from './pictures/findScenes.ts'
import { pictureFigures } from './pictures/pictureFigures.ts'
import { readFrames, readPicture } from './pictures/readFrames.ts'
import { bringsMedia, mediaOf, readBrief, wordsOf } from './readBrief.ts'
import { soundFigures } from './sound/soundFigures.ts'
import { decodeWav } from './sound/wav.ts'
import { textFigures } from './text/textFigures.ts'

/** `analysis`: what a brief's words, picture, sound or video are like, in figures. */
export const analysis = (async (input, { progress }) => {
  const brief = readBrief(input)
  await progress(0.1)
  const { mediaType } = brief
  const told = { mediaType, text: textFigures(wordsOf(brief)) }
  if (!bringsMedia(brief)) return told
  switch (mediaType) {
    case 'image':
      return { ...told, image: pictureFigures(readPicture(mediaOf(brief, 'image'))) }
    case 'audio':
      return { ...told, audio: soundFigures(decodeWav(mediaOf(brief, 'audio'))) }
    case 'video': {
      const frames = readFrames(mediaOf(brief, 'video'))
      await progress(0.7)
      const scenes = findScenes(frames)
      const milliseconds = scenes.reduce((sum, scene) => sum + scene.milliseconds, 0)
      return { ...told, video: { frames: frames.length, milliseconds, scenes } }
    }
    case 'text':
      return told
  }
}) satisfies Program
