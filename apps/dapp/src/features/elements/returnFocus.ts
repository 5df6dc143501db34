/**
 * Remembers what had the focus, to give it back once what took it has gone. What was done there may take the very button
 * away that led to it, at once or when the page reads again: then the heading of the part of the page in which it stood has
 * the focus, so that the keyboard and screen readers go on from there and not from the top.
 *
 * @returns Gives the focus back, unless something else has it by then.
 */
export function returnFocus(opener: Element | null): () => void {
  const rooms: Element[] = []
  for (let room = opener?.closest('section, main'); room; room = room.parentElement?.closest('section, main')) {
    rooms.push(room)
  }
  const nearby = () => {
    const room = rooms.find((room) => room.isConnected) ?? document.querySelector('main')
    const heading = room?.querySelector<HTMLElement>('h1, h2, h3')
    if (!heading) return
    heading.tabIndex = -1
    heading.addEventListener('blur', () => heading.removeAttribute('tabindex'), { once: true })
    heading.focus()
  }
  return () => {
    if (document.activeElement !== document.body) return
    if (!(opener instanceof HTMLElement) || !opener.isConnected) return nearby()
    opener.focus()
    // A button that goes while it has the focus tells nobody; the first change after the focus moved on ends the watch.
    const watch = new MutationObserver(() => {
      if (opener.isConnected && document.activeElement === opener) return
      watch.disconnect()
      if (!opener.isConnected && document.activeElement === document.body) nearby()
    })
    watch.observe(document.body, { childList: true, subtree: true })
  }
}
