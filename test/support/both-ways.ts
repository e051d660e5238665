// Processes of one host come together at a desk, or each writes the log for itself. What users are promised holds both ways.

export const BOTH_WAYS = [
  { how: 'at a desk', env: { BRIGADE_DESK: 'auto' } },
  { how: 'each for itself', env: { BRIGADE_DESK: 'off' } },
] as const;
