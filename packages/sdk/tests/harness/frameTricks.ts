// What a page can do to the worker's frame to have it clicked unread. To be evaluated in the page, by either runner.

/** Moves the frame by so many pixels; the margin that a page may give to frames is no part of its place. */
export const moveFrame = ({ dx, dy }: { readonly dx: number; readonly dy: number }): void => {
  const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
  const { x, y } = frame.getBoundingClientRect()
  Object.assign(frame.style, { left: `${x + dx}px`, top: `${y + dy}px`, right: 'auto', bottom: 'auto', margin: '0' })
}

/** Lays a lid over the frame where it is called so, else styles the frame. */
export const coverFrame = (how: string): void => {
  const frame = document.querySelector('iframe[title^=Oblivion]') as HTMLIFrameElement
  if (how !== 'a lid that lets clicks through') {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`iframe { ${how} }`)
    document.adoptedStyleSheets = [sheet]
    return
  }
  const { x, y, width } = frame.getBoundingClientRect()
  const lid = document.createElement('div')
  lid.id = 'lid'
  lid.textContent = 'Click here to go on'
  lid.style.cssText = `position:fixed;left:${x}px;top:${y}px;width:${width}px;height:400px;background:#fff;pointer-events:none;z-index:2147483647`
  document.body.append(lid)
}
