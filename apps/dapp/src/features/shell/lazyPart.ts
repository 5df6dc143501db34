import { type ComponentType, lazy } from 'react'
import { fetchPart } from './fetchPart.ts'
import { PartGone } from './PartGone.tsx'

/**
 * A component that is fetched when it is first shown. One that the server has no more, as after a new release, says so and
 * ends no page: what was typed there stays.
 *
 * @example const JobsSection = lazyPart(() => import('./JobsSection.tsx'), 'JobsSection')
 */
export function lazyPart<Name extends string, Props>(
  load: () => Promise<Record<Name, ComponentType<Props>>>,
  name: Name,
) {
  return lazy(() =>
    fetchPart(load).then(
      (module) => ({ default: module[name] }),
      () => ({ default: PartGone as ComponentType<Props> }),
    ),
  )
}
