// What every answer tells a browser, so that nothing of ours runs, is framed or is read where it should not be. The node
// server sets them before any route runs, so that a refusal by Node's own adaptor has them too.

/** Scripts, styles and data of this server alone: nothing inline, nothing from elsewhere, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const ALWAYS: readonly (readonly [string, string])[] = [
  ['Content-Security-Policy', CONTENT_SECURITY_POLICY],
  ['X-Content-Type-Options', 'nosniff'],
  // For browsers that do not know frame-ancestors.
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
];

/** Where TLS is spoken a browser does not come back without it. */
const WITH_TLS: readonly (readonly [string, string])[] = [['Strict-Transport-Security', 'max-age=15552000']];

/** Name and value of each. */
export function securityHeaders(isSecure: boolean): readonly (readonly [string, string])[] {
  return isSecure ? [...ALWAYS, ...WITH_TLS] : ALWAYS;
}
