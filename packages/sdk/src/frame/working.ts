import { compute } from './compute.ts'
import { createMirror } from './mirror.ts'
import { panelView } from './panelView.ts'
import { createCoverWatch } from './watchCovered.ts'

/** What the frame needs only once a visitor has agreed: a file of its own, loaded then. */
export const working = { compute, createMirror, createCoverWatch, panelView }
