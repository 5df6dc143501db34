import type { ReactNode } from 'react'
import { classNames } from './classNames.ts'
import { useAfter } from './useAfter.ts'

/** A grey bar of the size of what is coming. */
export function Bone({ className }: { className: string }) {
  return <span className={classNames('block rounded-mark bg-line', className)} />
}

/** Holds the true shape of what is being read, invisible for the first 300 ms. */
export function Skeleton({ children, label }: { children: ReactNode; label: string }) {
  const visible = useAfter(300)
  return (
    <div role="status" aria-label={label} className={visible ? 'opacity-100' : 'opacity-0'}>
      <div aria-hidden="true">{children}</div>
    </div>
  )
}

/** The shape of a row of figures. */
export function FigureBones({ count }: { count: number }) {
  return (
    <div className="card grid grid-cols-2 overflow-hidden wide:auto-cols-fr wide:grid-flow-col wide:grid-cols-none">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="-mt-px -ml-px border-line border-t border-l px-5 py-4">
          <Bone className="h-3 w-16" />
          <Bone className="mt-3 h-7 w-20" />
          <Bone className="mt-3 h-3 w-28" />
        </div>
      ))}
    </div>
  )
}

/** The shape of a table. */
export function RowBones({ count }: { count: number }) {
  return (
    <div className="card px-5">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex gap-6 border-line py-3.5 not-first:border-t">
          <Bone className="h-3 w-40" />
          <Bone className="h-3 w-24" />
          <Bone className="ml-auto h-3 w-20" />
        </div>
      ))}
    </div>
  )
}
