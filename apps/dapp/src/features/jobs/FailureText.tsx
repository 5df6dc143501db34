import { useEffect, useId, useRef, useState } from 'react'
import { classNames } from '../elements/classNames.ts'

/** What a program threw: a stranger's text, as it is and as text alone. Three lines of it until one asks for all. */
export function FailureText({ text, of }: { text: string; of: string }) {
  const element = useRef<HTMLPreElement>(null)
  const id = useId()
  const [all, setAll] = useState(false)
  const [cut, setCut] = useState(false)
  useEffect(() => {
    const pre = element.current
    if (!pre || all) return
    const observer = new ResizeObserver(() => setCut(pre.scrollHeight > pre.clientHeight + 1))
    observer.observe(pre)
    return () => observer.disconnect()
  }, [all])
  return (
    <>
      <pre
        ref={element}
        id={id}
        // Marks of direction end where the text does.
        dir="ltr"
        className={classNames(
          'isolate whitespace-pre-wrap font-mono text-12 text-ink [overflow-wrap:anywhere]',
          !all && 'line-clamp-3',
        )}
      >
        {text}
      </pre>
      {(cut || all) && (
        <button
          type="button"
          aria-expanded={all}
          aria-controls={id}
          aria-label={`${all ? 'Show less' : 'Show all'} of what ${of} says`}
          onClick={() => setAll(!all)}
          className="min-h-6 self-start text-12 text-link underline underline-offset-2"
        >
          {all ? 'Show less' : 'Show all'}
        </button>
      )}
    </>
  )
}
