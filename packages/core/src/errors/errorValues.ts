/** A fact that says nothing beyond the code itself. */
type None = Record<never, never>

/**
 * The fields that each reason carries in `values`. Money is a decimal string of the smallest unit, since the server's
 * values arrive as JSON; bytes, milliseconds and blocks are numbers.
 */
export interface ErrorValues {
  OB001: None
  OB002: { address: string }
  OB003: { nodeId: string }
  OB004: None
  OB005: { field: string; reason: string }
  OB006: { field: string }
  OB007: { needed: string; free: string }
  OB008: { taskId: string }
  OB009: { field: string }
  OB010: { jobId: string }
  OB011: { bytes: number; limit: number }
  OB012: None
  OB013: { needed: string; budget: string }
  OB014: { what: string; limit: number }
  OB015: { reason: string }
  OB016: None
  OB017: { expected: number; given: number }
  OB018: None
  OB019: None
  OB020: None
  /** `reason`: `unknown`, `revoked` or `expired`. */
  OB030: { reason: string }
  /** `needs`: the scope `read` or `tasks`, or `wallet` where no key will do. */
  OB031: { needs: string }
  OB032: { keyId: string }
  OB033: { needed: string; left: string; limit: string }
  OB080: None
  OB081: None
  OB082: None
  OB083: { boundTo: string }
  OB084: None
  OB040: { scheduleId: string }
  OB055: { program: string; reason: string }
  OB065: { hash: string }
  OB090: None
  OB091: None
  OB095: { exiting: string }
  OB096: { needed: string; room: string }
  OB101: { call: string }
  OB102: { call: string; milliseconds: number }
  OB103: { call: string }
  OB104: { call: string; status: number; serverCode: string | null; details: string | null }
  OB105: { call: string; field: string }
  OB106: { call: string; serverCode: string | null }
  OB107: { call: string }
  OB110: { path: string; reason: string }
  OB111: { given: string; reason: string }
  OB112: { variable: string; reason: string }
  OB113: { variable: string; meaning: string }
  OB114: { from: string; event: string }
  OB201: { part: string; reason: string }
  OB202: { url: string }
  OB203: { url: string }
  OB204: { missing: readonly string[] }
  OB205: { program: string; text: string }
  OB207: { program: string }
  OB208: { program: string; milliseconds: number }
  OB280: None
  OB281: { origin: string }
  OB282: None
  OB283: { directive: string; url: string }
  OB209: { program: string }
  OB301: None
  OB302: { expected: number; actual: number }
  OB303: { transaction: string; reason: string }
}
