import type { Program } from '../Program.ts'
import { makeVideo } from './makeVideo.ts'
import { encodeGif } from './pictures/gif.ts'
import { dataUrl, readBrief } from './readBrief.ts'

/**
 * `video_generation`: a short video as a GIF. Of a video it has the middle of each scene with fades between them, of a
 * picture a slow zoom, of words title cards. Nothing in it is invented.
 */
export const videoGeneration = (async (input, { progress }) => {
  const frames = makeVideo(readBrief(input))
  await progress(0.5)
  const [{ width, height } = { width: 0, height: 0 }] = frames
  const milliseconds = frames.reduce((sum, frame) => sum + frame.milliseconds, 0)
  const video = { width, height, frames: frames.length, milliseconds }
  return { mediaType: 'video', ...video, video_url: dataUrl('image/gif', encodeGif(frames)) }
}) satisfies Program
