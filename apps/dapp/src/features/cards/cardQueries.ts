import { myCardMoney } from '@oblivion/client'
import { queryOptions } from '@tanstack/react-query'
import { walletClient } from '../api/walletClient.ts'
import type { Config } from '../shell/config.ts'
import { readCardOffer } from './cardDoor.ts'

export function cardOfferQuery(config: Config) {
  return queryOptions({
    queryKey: ['cardOffer'],
    queryFn: ({ signal }) => readCardOffer(config, signal),
    staleTime: 60_000,
  })
}

export function cardMoneyQuery(config: Config, address: string) {
  return queryOptions({
    queryKey: ['cardMoney', address],
    queryFn: ({ signal }) => myCardMoney(walletClient(config, address), { signal }),
    refetchInterval: 4000,
    // Where the database is older than cards, there is none of it.
    retry: false,
  })
}
