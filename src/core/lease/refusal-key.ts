/** Key under which one refusal of a session, resource and code is remembered. */
export function refusalKey(sessionId: string, resource: string, code: string): string {
  return `${sessionId} ${code} ${resource}`;
}
