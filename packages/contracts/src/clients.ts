import type { Account, Chain, Client, Transport } from 'viem'

/** A viem client that can read: any public or wallet client. */
export type ReadClient = Client<Transport, Chain | undefined>

/** A viem client that can send: it knows its chain and its account. */
export type WriteClient = Client<Transport, Chain, Account>
