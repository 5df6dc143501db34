import { Page, Section } from '../features/elements/Page.tsx'

const way = [
  'A customer posts a task: a program, its inputs, and a budget, which is held for it.',
  'The task is cut into chunks. A worker takes one at a time: a browser tab whose visitor agreed, a server, or a Python node.',
  'The program runs there in a sandbox, without network, files or anything of the page around it, and its result goes back. A Python node has no sandbox, and runs what is built in alone.',
  'For each accepted result there is a receipt: the chunk’s price goes from the task’s budget to who computed it, less the network’s fee. What the task does not use comes back to the customer.',
  'Receipts in USDC are charged to the customer’s escrow and added up in a voucher, which a contract on the chain pays out to the wallet that earned them.',
] as const

type Rows = readonly { name: string; text: string }[]

const people: Rows = [
  {
    name: 'You visit a page that asks',
    text: 'Nothing runs before your yes, which counts only in a frame of ours and for a day at most. Then this tab takes at most the share of one processor core that you set; the machine uses more power and may get warm. A badge stands on the page while it does. Stop ends it at once, and so does closing the tab. The page learns whether it runs, and nothing of you or of what you earn. Whether a part is yours, and how large, is said before you answer; what is yours can go to a wallet of yours.',
  },
  {
    name: 'You earn with your own computer',
    text: 'A tab on the page Worker, a server or a Python node earns for your wallet: for each accepted result the task’s fixed price, or the time that it took. A new wallet has one job at a time until it has proved itself. While nobody has work it earns nothing. What was paid by card waits 120 days, as long as the payment can be disputed; play money is worth nothing.',
  },
  {
    name: 'You have something computed',
    text: 'You deposit USDC, name a budget for each task, and pay for accepted results alone. The machines are strangers’: they see your program and its inputs in clear. A result is believed as it comes, unless you have each chunk computed by several owners, each of whom is paid. Then you see a result once enough of them agree.',
  },
  {
    name: 'You own a site',
    text: 'Your visitors are asked by us and not by you, and you choose which part of their pay is yours. It is held for a day. A result that is proven wrong costs eight times its price: first what its visitor has in hold, then your part of what others bring.',
  },
  {
    name: 'You run the network',
    text: 'An operator stops payouts and programs, and resumes them, each with a reason that is kept. No page of an operator’s makes or moves money, and the contract bounds what its keys could take if they were stolen. Whoever deposited can leave with what is not spent, by the contract alone, after a delay.',
  },
]

const words: Rows = [
  { name: 'Escrow', text: 'What a customer has deposited in the contract and not spent or taken out.' },
  {
    name: 'Charge',
    text: 'The contract is told what a customer has spent in all, and takes it out of the escrow. Only charged money pays a voucher.',
  },
  { name: 'Receipt', text: 'One for each accepted job: this wallet is owed this amount.' },
  {
    name: 'Voucher',
    text: 'A signed running total of what a wallet earned. A newer one takes the place of the older; the contract pays the difference, and only to where that wallet has its pay sent.',
  },
  { name: 'Settler', text: 'The key of this network that signs vouchers.' },
  { name: 'Settle', text: 'Bring a voucher to the contract. In the network’s own batches it costs you nothing.' },
  {
    name: 'Job',
    text: 'A chunk, to be computed by one worker. A chunk that is checked has several, of other owners: replicas.',
  },
]

/** For whoever was asked for something, or reads a word here for the first time. */
export function HowItWorksPage() {
  return (
    <Page
      title="How it works"
      sentence="Idle computers do parts of other people’s computations, and are paid for them."
      below="Nothing runs on a computer before somebody there has said yes. Here is what happens then, and what it means for you."
    >
      <Section title="From a task to its pay">
        <ol className="card flex max-w-[54rem] flex-col gap-3 px-5 py-4 wide:px-6">
          {way.map((step, index) => (
            <li key={step} className="flex gap-4">
              <span className="figure text-ink-3" aria-hidden="true">
                {index + 1}
              </span>
              <span className="text-ink-2">{step}</span>
            </li>
          ))}
        </ol>
      </Section>
      <Section title="What it means for you">
        <RowList rows={people} />
      </Section>
      <Section title="Words">
        <RowList rows={words} />
      </Section>
    </Page>
  )
}

function RowList({ rows }: { rows: Rows }) {
  return (
    <dl className="card max-w-[54rem]">
      {rows.map(({ name, text }) => (
        <div
          key={name}
          className="grid gap-x-6 gap-y-1 border-line px-5 py-4 not-first:border-t wide:grid-cols-[11rem_1fr] wide:px-6"
        >
          <dt className="font-medium">{name}</dt>
          <dd className="max-w-[68ch] text-ink-2">{text}</dd>
        </div>
      ))}
    </dl>
  )
}
