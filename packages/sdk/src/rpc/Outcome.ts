/**
 * How a call across a thread ended. A value and not an exception: each caller has to say what it does with each of them,
 * and none of them is a surprise.
 *
 * `value` answered, `threw` the function threw, `timeout` no answer in time, `aborted` the caller gave up, `died` the other
 * side is gone, `released` our side closed the connection.
 */
export type Outcome<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }
  | Ended

/** Why a connection is over, for every call from then on. */
export type Ended = { readonly kind: 'died'; readonly reason: string } | { readonly kind: 'released' }
