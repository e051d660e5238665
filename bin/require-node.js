// Refuses a Node that is too old, before anything that could fail on it is imported: on Node 20 the SQLite addon ends the
// process without a word. Kept to syntax that Node 16 parses. A unit test holds `oldestNode` and package.json together.

export const oldestNode = '22.19.0';

/**
 * What to tell the user when `version` (as in `process.versions.node`) is too old; null when it is new enough.
 *
 * @param {string} version
 * @returns {string | null}
 */
export function refusalForNode(version) {
  if (isAtLeast(version, oldestNode)) return null;
  return (
    'brigade needs Node ' +
    oldestNode +
    ' or newer; this is Node ' +
    version +
    ' (' +
    process.execPath +
    ').\n' +
    'Install Node 24 from https://nodejs.org or with your version manager (nvm install 24), then start brigade again.\n'
  );
}

/**
 * @param {string} version
 * @param {string} oldest
 */
function isAtLeast(version, oldest) {
  const have = version.split(/[.-]/).map(Number);
  const need = oldest.split('.').map(Number);
  for (let i = 0; i < need.length; i += 1) {
    if (have[i] !== need[i]) return Number(have[i]) > Number(need[i]);
  }
  return !version.includes('-'); // a prerelease of the oldest version comes before it
}
