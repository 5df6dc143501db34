import { Link } from '@tanstack/react-router'
import { buttonClass } from '../features/elements/Button.tsx'
import { Page } from '../features/elements/Page.tsx'

export function NotFound() {
  return (
    <Page title="No such page" sentence="There is no page at this address." below="The link may be old or mistyped.">
      <Link to="/" className={`${buttonClass('primary')} self-start`}>
        To the start
      </Link>
    </Page>
  )
}
