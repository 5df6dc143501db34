import { useEffect, useState } from 'react'
import { classNames } from './classNames.ts'
import { CheckIcon, CopyIcon } from './icons.tsx'

/**
 * Copies `text`, which stands beside it in full, and says so for two seconds, to the eye and to screen readers. Where the
 * browser does not let it, it says what to do, and there: in a dialog nobody sees or hears what stands outside of it.
 */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null)
  const copied = said === 'copied'
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setSaid(null), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  async function copy() {
    try {
      // Absent on a page that came without HTTPS, and refused where a policy or the person says so.
      await navigator.clipboard.writeText(text)
      setSaid('copied')
    } catch {
      setSaid('failed')
    }
  }
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      {said === 'failed' && (
        <span role="alert" className="max-w-36 text-right text-12 text-fail-ink">
          Not copied. Select it and copy it yourself.
        </span>
      )}
      <button
        type="button"
        onClick={() => void copy()}
        aria-label={copied ? 'Copied' : label}
        title={copied ? 'Copied' : label}
        className={classNames(
          'inline-grid size-6 shrink-0 place-items-center rounded-mark text-ink-3 hover:bg-sunken hover:text-ink',
          className,
        )}
      >
        {copied ? <CheckIcon /> : <CopyIcon />}
      </button>
    </span>
  )
}
