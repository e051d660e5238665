// System errors are told apart by code, never by wording.

/** The `code` of a system error (`ENOENT`, `EACCES` ...); empty for anything else. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
