import type { ComponentProps } from 'react'
import { Field } from './Field.tsx'

/** A field for an amount of money: digits and a point, shown as figures. */
export function AmountField(props: Omit<ComponentProps<typeof Field>, 'inputMode' | 'autoComplete' | 'figures'>) {
  return <Field {...props} inputMode="decimal" autoComplete="off" figures />
}
