import { expect, test } from 'vitest'
import * as contracts from '../src/index.ts'

test('the public names', () => {
  expect(Object.keys(contracts).sort()).toMatchInlineSnapshot(`
    [
      "ChainRefusedError",
      "assertDeploymentAllowed",
      "assertPrivateAccounts",
      "charge",
      "chargesTypedData",
      "claim",
      "claimBatch",
      "deploySettlement",
      "deployTestUsdc",
      "deposit",
      "depositWithPermit",
      "getSettlementEvents",
      "isDeclined",
      "isPublishedAccount",
      "localChainId",
      "mintTestUsdc",
      "polygonChainId",
      "readCounters",
      "readCustomer",
      "readEscrow",
      "readProviderSettled",
      "readTokenBalance",
      "settleBatch",
      "settlementAbi",
      "settlementCallAbi",
      "settlementErrorSentence",
      "settlementTypedData",
      "testUsdcAbi",
      "voucherTypedData",
      "vouchersTypedData",
    ]
  `)
})
