export { canonicalJson } from './canonical/canonicalJson.ts'
export { canonicalText } from './canonical/canonicalText.ts'
export { resultHash } from './canonical/resultHash.ts'
export { sha256Hex } from './canonical/sha256Hex.ts'
export { environmentTable, type VariableName } from './environment/environmentTable.ts'
export {
  type Environment,
  type OptionalVariableValue,
  readVariable,
  requireVariable,
  type VariableValue,
} from './environment/readVariable.ts'
export type { Variable, VariableReader } from './environment/Variable.ts'
export {
  CallAbortedError,
  CallTimeoutError,
  FunctionMissingError,
  NetworkUnreachableError,
  RequestRefusedError,
  SessionRejectedError,
  UnexpectedAnswerError,
} from './errors/callErrors.ts'
export { ConsentBlockedError, ConsentRefusedError, PolicyForbidsError, WrongSiteError } from './errors/embedErrors.ts'
export { errorCatalogue } from './errors/errorCatalogue.ts'
export type { ErrorCode, ServerErrorCode } from './errors/errorCode.ts'
export { errorFromCode } from './errors/errorFromCode.ts'
export type { ErrorValues } from './errors/errorValues.ts'
export { OblivionError, type OblivionErrorOptions } from './errors/OblivionError.ts'
export type { Reason } from './errors/Reason.ts'
export {
  AlreadyBoundError,
  ApiKeyInvalidError,
  ApiKeyLimitReachedError,
  ApiKeyNotEnoughError,
  ApiKeyNotFoundError,
  AppendOnlyError,
  BudgetTooSmallError,
  CardFrozenError,
  CardsUnavailableError,
  ClaimCodeInvalidError,
  CursorMismatchError,
  DailyCapReachedError,
  ExitPendingError,
  ForbiddenError,
  ForeignBridgeError,
  ForeignUrlError,
  InstanceMismatchError,
  InsufficientBalanceError,
  InvalidInputError,
  JobNotFoundError,
  NameTakenError,
  NodeKeyInvalidError,
  NodeNotFoundError,
  NoSettlementInstanceError,
  NotSignedInError,
  NotSupportedError,
  ProgramNotFoundError,
  ProgramStoppedError,
  ResultTooLargeError,
  ScheduleNotFoundError,
  SettlementHaltedError,
  SiteKeyInvalidError,
  SiteNotFoundError,
  TaskNotFoundError,
  TooManyError,
  WalletMismatchError,
} from './errors/serverErrors.ts'
export {
  IllegalTransitionError,
  InvalidAmountError,
  NotJsonError,
  VariableInvalidError,
  VariableMissingError,
} from './errors/valueErrors.ts'
export {
  SignatureRejectedError,
  TransactionFailedError,
  WrongChainError,
} from './errors/walletErrors.ts'
export {
  BridgeBlockedError,
  ProgramFailedError,
  ProgramTimeoutError,
  ProgramUnknownError,
  SandboxBlockedError,
  SandboxDiedError,
  UnsupportedBrowserError,
  WorkerDiedError,
} from './errors/workerErrors.ts'
export type { ApiKey, ApiKeyDraft, ApiKeyScope, CreatedApiKey } from './messages/apiKey.ts'
export type { CardEarnings, CardMoney, CardOffer, CardWithdrawal } from './messages/cards.ts'
export { type ChunkLetter, chunkLetterOf, chunkStateOf } from './messages/chunkState.ts'
export type { ClaimExplanation, ClaimReason } from './messages/explanation.ts'
export type {
  Checkpoint,
  Done,
  DoneRefusal,
  FailedJob,
  JobCandidate,
  JobLimits,
  JobMetrics,
  OfferedJob,
  Program,
  ProgramDraft,
  ReleasedJob,
  ResultOrUrl,
  StageInputUrls,
  SucceededJob,
  WorkBatchAnswer,
  WorkCycleAnswer,
} from './messages/job.ts'
export type {
  Asset,
  Balance,
  Earnings,
  Payout,
  PlayMoney,
  Receipt,
  ReceiptState,
  StatementAccount,
  StatementPage,
  StatementRow,
  Voucher,
} from './messages/money.ts'
export type { NetworkSeries, NetworkStats, SeriesSpan, WorkerStats } from './messages/network.ts'
export type { HeartbeatAnswer, NodeSettings, OwnNode, Registration, Resumption, WorkerType } from './messages/node.ts'
export type {
  OperatorAction,
  OperatorBatch,
  OperatorDispute,
  OperatorNode,
  OperatorNodeAttempt,
  OperatorNodeJob,
  OperatorNodes,
  OperatorNodeView,
  OperatorOverview,
  StoppedProgram,
} from './messages/operator.ts'
export type {
  Schedule,
  ScheduleDraft,
  ScheduleError,
  ScheduleRun,
} from './messages/schedule.ts'
export type { Site, SiteSettings, VisitorClaim } from './messages/site.ts'
export type { JobStatus, TaskStatus } from './messages/states.generated.ts'
export type {
  Assignment,
  CancelledTask,
  ChunkAttempt,
  ChunkAttempts,
  ChunkFailure,
  ChunkResult,
  CreatedTask,
  FailurePage,
  InputPage,
  InputRange,
  PausedReason,
  PausedTask,
  ResultPage,
  StageDraft,
  StoredInput,
  TaskDraft,
  TaskEstimate,
  TaskForecast,
  TaskInput,
  TaskNeeds,
  TaskPrice,
  TaskStage,
  TaskSummary,
  TaskTermsHeld,
  TaskTrust,
  TaskView,
  TextInputs,
  Verdict,
} from './messages/task.ts'
export { type TaskDigest, taskDigestEvent, taskTopic } from './messages/taskDigest.ts'
export { type FeeOfChunkParameters, feeOfChunk } from './money/feeOfChunk.ts'
export { formatUsdc } from './money/formatUsdc.ts'
export { parseAmount } from './money/parseAmount.ts'
export { parseUsdc } from './money/parseUsdc.ts'
export { createRowScanner, type RowFormat, type RowScanner } from './splitting/createRowScanner.ts'
export { csvFields } from './splitting/csvFields.ts'
export { inputLimits, spelledBytes } from './splitting/inputLimits.ts'
export { type InputPlan, type InputRows, planInputs } from './splitting/planInputs.ts'
export { nextWorkerState, reduceWorker } from './worker/reduceWorker.ts'
export type { WorkerEvent, WorkerEventType } from './worker/WorkerEvent.ts'
export type { JobAtHand, PauseReason, WorkerState, WorkerStatus } from './worker/WorkerState.ts'
