type Child = Node | string | null

/** An element with these properties and children; texts are never markup. */
export const make = <N extends keyof HTMLElementTagNameMap>(
  name: N,
  properties: Partial<HTMLElementTagNameMap[N]> = {},
  ...children: Child[]
): HTMLElementTagNameMap[N] => {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children.filter((child) => child !== null))
  return element
}

/** A small dot in the colour of its word, which stands beside it: colour alone says nothing. */
export const dot = (kind: 'work' | 'wait' | 'fail' | 'off'): HTMLElement =>
  make('span', { className: `dot ${kind}`, ariaHidden: 'true' })
