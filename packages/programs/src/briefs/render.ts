import type { Program } from '../Program.ts'
import { makeVideo } from './makeVideo.ts'
import { encodeGif } from './pictures/gif.ts'
import { encodePng } from './pictures/png.ts'
import { readFrames, readPicture } from './pictures/readFrames.ts'
import { dataUrl, mediaOf, readBrief, wordsOf } from './readBrief.ts'
import { fadeEnds, toMono } from './sound/prepareSound.ts'
import { decodeWav, encodeWav } from './sound/wav.ts'
import { readText } from './text/readText.ts'
import { writeReport } from './text/writeReport.ts'

/**
 * `render`: what the stages before made, as one file with the brief's title in it: a PNG, a WAV that is faded at its ends, a
 * GIF with its last picture as a PNG, or a report in Markdown.
 */
export const render = (async (input, { progress }) => {
  const brief = readBrief(input)
  const { mediaType, title, previous } = brief
  await progress(0.1)
  switch (mediaType) {
    case 'text': {
      const text = wordsOf(brief)
      return { mediaType, format: 'text/markdown', text: writeReport({ title, text, ...readText(text) }) }
    }
    case 'image': {
      const picture = readPicture(mediaOf(brief, 'image'))
      const { width, height } = picture
      return {
        mediaType,
        format: 'image/png',
        width,
        height,
        image_url: dataUrl('image/png', encodePng(picture, title)),
      }
    }
    case 'audio': {
      const sound = decodeWav(mediaOf(brief, 'audio'))
      const samples = fadeEnds(toMono(sound), sound.sampleRate)
      const seconds = Math.round((samples.length * 1000) / sound.sampleRate) / 1000
      return {
        mediaType,
        format: 'audio/wav',
        seconds,
        audio_url: dataUrl('audio/wav', encodeWav(samples, sound.sampleRate, title)),
      }
    }
    case 'video': {
      // What video_generation cut is not cut again.
      const frames = 'video_url' in previous ? readFrames(mediaOf(brief, 'video')) : makeVideo(brief)
      await progress(0.5)
      const poster = frames.at(-1)
      const seconds = frames.reduce((sum, frame) => sum + frame.milliseconds, 0) / 1000
      return {
        ...{ mediaType, format: 'image/gif', frames: frames.length, seconds },
        video_url: dataUrl('image/gif', encodeGif(frames, title)),
        ...(poster ? { poster_url: dataUrl('image/png', encodePng(poster, title)) } : {}),
      }
    }
  }
}) satisfies Program
