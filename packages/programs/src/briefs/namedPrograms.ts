import type { Program } from '../Program.ts'
import { analysis } from './analysis.ts'
import { assetPrep } from './assetPrep.ts'
import { imageProcessing } from './imageProcessing.ts'
import { render } from './render.ts'
import { storyboard } from './storyboard.ts'
import { textAnalysis } from './textAnalysis.ts'
import { videoGeneration } from './videoGeneration.ts'

/**
 * Programs of ours that the engine keeps by a name, the stages of briefs: a node fetches one by its hash, as it does a
 * customer's, and brings none along. So they cost the worker in a tab nothing, and a Python node, which has the built-ins
 * alone, is never given one.
 */
export const namedPrograms = {
  analysis,
  asset_prep: assetPrep,
  storyboard,
  render,
  video_generation: videoGeneration,
  image_processing: imageProcessing,
  text_analysis: textAnalysis,
} as const satisfies Record<string, Program>
