import type { ButtonHTMLAttributes } from 'react'
import { classNames } from './classNames.ts'

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<ButtonKind, string> = {
  primary: 'bg-ink text-bg border-transparent hover:opacity-85',
  plain: 'bg-surface text-ink border-line-strong hover:bg-sunken',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink',
  danger: 'bg-surface text-fail-ink border-fail hover:bg-sunken',
}

/** The look of a button, for links that act as one. */
export function buttonClass(kind: ButtonKind, size: 'small' | 'normal' = 'normal'): string {
  return classNames(
    'inline-flex items-center justify-center gap-2 whitespace-nowrap rounded-control border font-medium select-none',
    'transition-[background-color,opacity] duration-150 ease-out',
    'disabled:opacity-50 disabled:hover:opacity-50 aria-busy:cursor-progress',
    size === 'small' ? 'h-8 px-3 text-14' : 'h-10 px-4 text-14',
    looks[kind],
  )
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: ButtonKind
  size?: 'small' | 'normal'
  /** While true the button keeps its width and its name, and takes no further press. */
  busy?: boolean
}

export function Button({ kind = 'plain', size = 'normal', busy = false, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(buttonClass(kind, size), className)}
    />
  )
}
