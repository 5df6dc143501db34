import {
  callAborted,
  callTimeout,
  functionMissing,
  networkUnreachable,
  requestRefused,
  sessionRejected,
  unexpectedAnswer,
} from './callErrors.ts'
import { consentBlocked, consentRefused, policyForbids, wrongSite } from './embedErrors.ts'
import type { ErrorCode } from './errorCode.ts'
import type { Reason } from './Reason.ts'
import { serverReasons } from './serverReasons.ts'
import { illegalTransition, invalidAmount, notJson, variableInvalid, variableMissing } from './valueErrors.ts'
import { signatureRejected, transactionFailed, wrongChain } from './walletErrors.ts'
import {
  bridgeBlocked,
  programFailed,
  programTimeout,
  programUnknown,
  sandboxBlocked,
  sandboxDied,
  unsupportedBrowser,
  workerDied,
} from './workerErrors.ts'

/**
 * Every reason for which Oblivion refuses or fails, by code. `docs/errors.md` is generated from it. Import it where
 * words are shown; a bundle that only branches on codes does without.
 */
export const errorCatalogue = {
  ...serverReasons,
  OB101: networkUnreachable,
  OB102: callTimeout,
  OB103: callAborted,
  OB104: requestRefused,
  OB105: unexpectedAnswer,
  OB106: sessionRejected,
  OB107: functionMissing,
  OB110: notJson,
  OB111: invalidAmount,
  OB112: variableInvalid,
  OB113: variableMissing,
  OB114: illegalTransition,
  OB201: workerDied,
  OB202: bridgeBlocked,
  OB203: sandboxBlocked,
  OB204: unsupportedBrowser,
  OB205: programFailed,
  OB207: programUnknown,
  OB208: programTimeout,
  OB280: consentRefused,
  OB281: wrongSite,
  OB282: consentBlocked,
  OB283: policyForbids,
  OB209: sandboxDied,
  OB301: signatureRejected,
  OB302: wrongChain,
  OB303: transactionFailed,
} as const satisfies { readonly [C in ErrorCode]: Reason<C> }
