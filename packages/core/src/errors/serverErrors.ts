// One class per reason that the server gives. Their sentences come with the answer; `serverReasons.ts` holds them for
// docs and screens, apart from here, so that a bundle that only throws and catches stays small.
import { OblivionError, type OblivionErrorOptions } from './OblivionError.ts'

export class NotSignedInError extends OblivionError<'OB001'> {
  override name = 'NotSignedInError'
  constructor(options?: OblivionErrorOptions<'OB001'>) {
    super({ code: 'OB001' }, options)
  }
}

export class WalletMismatchError extends OblivionError<'OB002'> {
  override name = 'WalletMismatchError'
  constructor(options?: OblivionErrorOptions<'OB002'>) {
    super({ code: 'OB002' }, options)
  }
}

export class NodeNotFoundError extends OblivionError<'OB003'> {
  override name = 'NodeNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB003'>) {
    super({ code: 'OB003' }, options)
  }
}

export class NodeKeyInvalidError extends OblivionError<'OB004'> {
  override name = 'NodeKeyInvalidError'
  constructor(options?: OblivionErrorOptions<'OB004'>) {
    super({ code: 'OB004' }, options)
  }
}

export class InvalidInputError extends OblivionError<'OB005'> {
  override name = 'InvalidInputError'
  constructor(options?: OblivionErrorOptions<'OB005'>) {
    super({ code: 'OB005' }, options)
  }
}

export class NotSupportedError extends OblivionError<'OB006'> {
  override name = 'NotSupportedError'
  constructor(options?: OblivionErrorOptions<'OB006'>) {
    super({ code: 'OB006' }, options)
  }
}

export class InsufficientBalanceError extends OblivionError<'OB007'> {
  override name = 'InsufficientBalanceError'
  constructor(options?: OblivionErrorOptions<'OB007'>) {
    super({ code: 'OB007' }, options)
  }
}

export class TaskNotFoundError extends OblivionError<'OB008'> {
  override name = 'TaskNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB008'>) {
    super({ code: 'OB008' }, options)
  }
}

export class ForeignUrlError extends OblivionError<'OB009'> {
  override name = 'ForeignUrlError'
  constructor(options?: OblivionErrorOptions<'OB009'>) {
    super({ code: 'OB009' }, options)
  }
}

export class JobNotFoundError extends OblivionError<'OB010'> {
  override name = 'JobNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB010'>) {
    super({ code: 'OB010' }, options)
  }
}

export class ResultTooLargeError extends OblivionError<'OB011'> {
  override name = 'ResultTooLargeError'
  constructor(options?: OblivionErrorOptions<'OB011'>) {
    super({ code: 'OB011' }, options)
  }
}

export class NoSettlementInstanceError extends OblivionError<'OB012'> {
  override name = 'NoSettlementInstanceError'
  constructor(options?: OblivionErrorOptions<'OB012'>) {
    super({ code: 'OB012' }, options)
  }
}

export class BudgetTooSmallError extends OblivionError<'OB013'> {
  override name = 'BudgetTooSmallError'
  constructor(options?: OblivionErrorOptions<'OB013'>) {
    super({ code: 'OB013' }, options)
  }
}

export class TooManyError extends OblivionError<'OB014'> {
  override name = 'TooManyError'
  constructor(options?: OblivionErrorOptions<'OB014'>) {
    super({ code: 'OB014' }, options)
  }
}

export class SettlementHaltedError extends OblivionError<'OB015'> {
  override name = 'SettlementHaltedError'
  constructor(options?: OblivionErrorOptions<'OB015'>) {
    super({ code: 'OB015' }, options)
  }
}

export class InstanceMismatchError extends OblivionError<'OB016'> {
  override name = 'InstanceMismatchError'
  constructor(options?: OblivionErrorOptions<'OB016'>) {
    super({ code: 'OB016' }, options)
  }
}

export class CursorMismatchError extends OblivionError<'OB017'> {
  override name = 'CursorMismatchError'
  constructor(options?: OblivionErrorOptions<'OB017'>) {
    super({ code: 'OB017' }, options)
  }
}

export class ForbiddenError extends OblivionError<'OB018'> {
  override name = 'ForbiddenError'
  constructor(options?: OblivionErrorOptions<'OB018'>) {
    super({ code: 'OB018' }, options)
  }
}

export class NameTakenError extends OblivionError<'OB019'> {
  override name = 'NameTakenError'
  constructor(options?: OblivionErrorOptions<'OB019'>) {
    super({ code: 'OB019' }, options)
  }
}

export class AppendOnlyError extends OblivionError<'OB020'> {
  override name = 'AppendOnlyError'
  constructor(options?: OblivionErrorOptions<'OB020'>) {
    super({ code: 'OB020' }, options)
  }
}

export class ApiKeyInvalidError extends OblivionError<'OB030'> {
  override name = 'ApiKeyInvalidError'
  constructor(options?: OblivionErrorOptions<'OB030'>) {
    super({ code: 'OB030' }, options)
  }
}

export class ApiKeyNotEnoughError extends OblivionError<'OB031'> {
  override name = 'ApiKeyNotEnoughError'
  constructor(options?: OblivionErrorOptions<'OB031'>) {
    super({ code: 'OB031' }, options)
  }
}

export class ApiKeyNotFoundError extends OblivionError<'OB032'> {
  override name = 'ApiKeyNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB032'>) {
    super({ code: 'OB032' }, options)
  }
}

export class ApiKeyLimitReachedError extends OblivionError<'OB033'> {
  override name = 'ApiKeyLimitReachedError'
  constructor(options?: OblivionErrorOptions<'OB033'>) {
    super({ code: 'OB033' }, options)
  }
}

export class SiteKeyInvalidError extends OblivionError<'OB080'> {
  override name = 'SiteKeyInvalidError'
  constructor(options?: OblivionErrorOptions<'OB080'>) {
    super({ code: 'OB080' }, options)
  }
}

export class ForeignBridgeError extends OblivionError<'OB081'> {
  override name = 'ForeignBridgeError'
  constructor(options?: OblivionErrorOptions<'OB081'>) {
    super({ code: 'OB081' }, options)
  }
}

export class ClaimCodeInvalidError extends OblivionError<'OB082'> {
  override name = 'ClaimCodeInvalidError'
  constructor(options?: OblivionErrorOptions<'OB082'>) {
    super({ code: 'OB082' }, options)
  }
}

export class AlreadyBoundError extends OblivionError<'OB083'> {
  override name = 'AlreadyBoundError'
  constructor(options?: OblivionErrorOptions<'OB083'>) {
    super({ code: 'OB083' }, options)
  }
}

export class SiteNotFoundError extends OblivionError<'OB084'> {
  override name = 'SiteNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB084'>) {
    super({ code: 'OB084' }, options)
  }
}

export class ProgramStoppedError extends OblivionError<'OB055'> {
  override name = 'ProgramStoppedError'
  constructor(options?: OblivionErrorOptions<'OB055'>) {
    super({ code: 'OB055' }, options)
  }
}

export class ProgramNotFoundError extends OblivionError<'OB065'> {
  override name = 'ProgramNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB065'>) {
    super({ code: 'OB065' }, options)
  }
}

export class ScheduleNotFoundError extends OblivionError<'OB040'> {
  override name = 'ScheduleNotFoundError'
  constructor(options?: OblivionErrorOptions<'OB040'>) {
    super({ code: 'OB040' }, options)
  }
}

export class CardFrozenError extends OblivionError<'OB090'> {
  override name = 'CardFrozenError'
  constructor(options?: OblivionErrorOptions<'OB090'>) {
    super({ code: 'OB090' }, options)
  }
}

export class CardsUnavailableError extends OblivionError<'OB091'> {
  override name = 'CardsUnavailableError'
  constructor(options?: OblivionErrorOptions<'OB091'>) {
    super({ code: 'OB091' }, options)
  }
}

export class ExitPendingError extends OblivionError<'OB095'> {
  override name = 'ExitPendingError'
  constructor(options?: OblivionErrorOptions<'OB095'>) {
    super({ code: 'OB095' }, options)
  }
}

export class DailyCapReachedError extends OblivionError<'OB096'> {
  override name = 'DailyCapReachedError'
  constructor(options?: OblivionErrorOptions<'OB096'>) {
    super({ code: 'OB096' }, options)
  }
}
