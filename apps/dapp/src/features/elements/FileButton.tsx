import { type ReactNode, useId } from 'react'
import { buttonClass } from './Button.tsx'
import { classNames } from './classNames.ts'

type FileButtonProps = {
  /** As an `input` of files takes it: endings and media types. */
  accept: string
  /** What was chosen cannot be taken, or has to be chosen first. */
  invalid?: boolean
  onChoose: (list: FileList | null) => void
  children: ReactNode
}

/** A button that opens the browser's own choice of files: the input under it takes focus and keys. */
export function FileButton({ accept, invalid = false, onChoose, children }: FileButtonProps) {
  const id = useId()
  return (
    <span className="relative has-focus-visible:outline-2 has-focus-visible:outline-link has-focus-visible:outline-offset-2 rounded-control">
      <label htmlFor={id} className={classNames(buttonClass('plain', 'small'), 'cursor-pointer')}>
        {children}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        aria-invalid={invalid || undefined}
        className="sr-only"
        onChange={(event) => {
          onChoose(event.target.files)
          // The same file again is a change as well.
          event.target.value = ''
        }}
      />
    </span>
  )
}
