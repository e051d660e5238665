// The bin on a Node that is too old: exit 1, what was found, what is needed, and nothing imported before that.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { oldestNode, refusalForNode } from '../../bin/require-node.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('a Node that is too old', () => {
  it('is refused from the version that package.json names', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${oldestNode}`);
  });

  it.each(['16.20.2', '20.20.2', '22.18.0', '22.19.0-rc.1', '9.0.0'])('%s is refused', (version) => {
    expect(refusalForNode(version)).toMatch(
      /^brigade needs Node 22\.19\.0 or newer; this is Node .*\nInstall Node 24 /,
    );
  });

  it.each(['22.19.0', '22.23.3', '24.21.0', '24.0.0-nightly', '100.0.0'])('%s is not', (version) => {
    expect(refusalForNode(version)).toBeNull();
  });

  it('makes the bin exit 1 and say what to install, with nothing else there to import', () => {
    const bare = mkdtempSync(join(tmpdir(), 'brigade-old-node-'));
    try {
      cpSync(join(root, 'bin'), join(bare, 'bin'), { recursive: true });
      const { node, args } = oldNode();
      const { status, stderr, stdout } = spawnSync(node, [...args, join(bare, 'bin', 'brigade.js'), '--version'], {
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('brigade needs Node 22.19.0 or newer; this is Node ');
      expect(stderr).toContain('Install Node 24');
    } finally {
      rmSync(bare, { recursive: true, force: true });
    }
  });
});

/** The machine's own old Node where it has one; else the Node that runs this test, made to say that it is Node 20. */
function oldNode(): { readonly node: string; readonly args: readonly string[] } {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'))
    .map((entry) => join(entry, process.platform === 'win32' ? 'node.exe' : 'node'))
    .find((path) => existsSync(path) && refusalForNode(versionOf(path)) !== null);
  if (found !== undefined) return { node: found, args: [] };
  const claim = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
  return { node: process.execPath, args: ['--import', `data:text/javascript,${encodeURIComponent(claim)}`] };
}

function versionOf(path: string): string {
  const { stdout } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return stdout.trim() || oldestNode;
}
