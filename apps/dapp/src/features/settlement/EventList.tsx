import type { EventLine } from './readTransaction.ts'

/** The events of a transaction, decoded. */
export function EventList({ events }: { events: readonly EventLine[] }) {
  return (
    <ul className="card">
      {events.map((event) => (
        <li
          key={event.key}
          className="grid gap-x-6 gap-y-2 border-line px-5 py-4 not-first:border-t wide:grid-cols-[9rem_1fr]"
        >
          <p>
            <span className="font-medium">{event.name}</span>
            <span className="block text-12 text-ink-3">{event.contract}</span>
          </p>
          <dl className="flex flex-col gap-1">
            {event.fields.map((field) => (
              <div key={field.name} className="grid grid-cols-[5rem_1fr] gap-x-4 wide:grid-cols-[8rem_1fr]">
                <dt className="text-ink-3">{field.name}</dt>
                <dd className={`figure break-all ${field.address ? 'text-ink-2' : ''}`}>{field.value}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
