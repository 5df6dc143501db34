import { useEffect, useState } from 'react'
import { classNames } from './classNames.ts'
import { CheckIcon, CopyIcon } from './icons.tsx'

/** Copies `text` and says so for two seconds, to the eye and to screen readers. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <button
      type="button"
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => setCopied(true),
          () => setCopied(false),
        )
      }}
      aria-label={copied ? 'Copied' : label}
      title={copied ? 'Copied' : label}
      className={classNames(
        'inline-grid size-6 place-items-center rounded-mark text-ink-3 hover:bg-sunken hover:text-ink',
        className,
      )}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  )
}
