import type {} from './globalSetup.ts'

export { accounts, type DevelopmentAccount, type DevelopmentRole, developmentAccounts } from '../chain/accounts.ts'
export type { PostgresVersion } from '../postgres/locatePostgres.ts'
export { type Cluster, type ClusterInfo, databaseUrl, startCluster, superuserDatabaseUrl } from './cluster.ts'
export { createDatabase, type TestDatabase } from './createDatabase.ts'
export type { ActAs, Session } from './runAs.ts'
export { startStripeApi } from './startStripeApi.ts'
export { startTestStack, type TestStack } from './startTestStack.ts'
