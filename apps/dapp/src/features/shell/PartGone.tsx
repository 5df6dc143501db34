import { useEffect } from 'react'
import { useStore } from './createStore.ts'
import { noticesGone, unheardStore } from './tell.ts'

/** In the place of a part that cannot be fetched. What a notice would have said is said here. */
export function PartGone() {
  const unheard = useStore(unheardStore)
  useEffect(noticesGone, [])
  return (
    <p role="alert" className="card fixed right-4 bottom-4 z-30 max-w-80 px-4 py-3 text-14">
      {unheard && <span className="mb-2 block font-medium">{unheard} </span>}A part of this page cannot be fetched:
      there may be a newer release of it.{' '}
      <button type="button" className="text-link underline" onClick={() => location.reload()}>
        Load the page anew
      </button>
    </p>
  )
}
