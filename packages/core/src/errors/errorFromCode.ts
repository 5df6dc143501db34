import type { ServerErrorCode } from './errorCode.ts'
import type { OblivionError, OblivionErrorOptions } from './OblivionError.ts'
import {
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
} from './serverErrors.ts'

const classes: { readonly [C in ServerErrorCode]: new (options?: OblivionErrorOptions<C>) => OblivionError<C> } = {
  OB001: NotSignedInError,
  OB002: WalletMismatchError,
  OB003: NodeNotFoundError,
  OB004: NodeKeyInvalidError,
  OB005: InvalidInputError,
  OB006: NotSupportedError,
  OB007: InsufficientBalanceError,
  OB008: TaskNotFoundError,
  OB009: ForeignUrlError,
  OB010: JobNotFoundError,
  OB011: ResultTooLargeError,
  OB012: NoSettlementInstanceError,
  OB013: BudgetTooSmallError,
  OB014: TooManyError,
  OB015: SettlementHaltedError,
  OB016: InstanceMismatchError,
  OB017: CursorMismatchError,
  OB018: ForbiddenError,
  OB019: NameTakenError,
  OB020: AppendOnlyError,
  OB030: ApiKeyInvalidError,
  OB031: ApiKeyNotEnoughError,
  OB032: ApiKeyNotFoundError,
  OB033: ApiKeyLimitReachedError,
  OB080: SiteKeyInvalidError,
  OB081: ForeignBridgeError,
  OB082: ClaimCodeInvalidError,
  OB083: AlreadyBoundError,
  OB084: SiteNotFoundError,
  OB040: ScheduleNotFoundError,
  OB055: ProgramStoppedError,
  OB065: ProgramNotFoundError,
  OB090: CardFrozenError,
  OB091: CardsUnavailableError,
  OB095: ExitPendingError,
  OB096: DailyCapReachedError,
}

/**
 * The class for a code that came over the wire, made into an error; null where the code is none of the server's.
 *
 * Only `OB0xx` are looked up: no other code is ever raised by SQL, and including them would pull every local sentence
 * into the worker's bundle.
 *
 * @example
 * throw errorFromCode(body.code, { message: body.message, hint: body.hint }) ?? new RequestRefusedError({ values })
 */
export const errorFromCode = (code: string, options?: OblivionErrorOptions): OblivionError | null => {
  if (!Object.hasOwn(classes, code)) return null
  const ErrorClass = classes[code as ServerErrorCode] as new (options?: OblivionErrorOptions) => OblivionError
  return new ErrorClass(options)
}
