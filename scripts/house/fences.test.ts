// The fences that the compiler and the linter keep, each shown to hold on a bad snippet: what is compile-time forbidden in
// the core, import cycles, promises nobody waits for, `any`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brigade-fences-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the core', () => {
  it('does not compile with anything but the language', () => {
    const outside = [
      'setTimeout(() => undefined, 1);',
      "import { readFileSync } from 'node:fs';",
      'console.log(1);',
      'new TextEncoder();',
      'crypto.randomUUID();',
      'performance.now();',
      'process.env.X;',
      "fetch('x');",
      "Buffer.from('x');",
    ];
    outside.forEach((text, index) => {
      writeFileSync(join(folder, `outside-${index}.ts`), `export {};\n${text}\n`);
    });
    writeFileSync(join(folder, 'inside.ts'), 'export const later = new Date(0).toISOString();\n');
    const compilerOptions = { rootDir: folder, noEmit: true, composite: false, tsBuildInfoFile: null };
    const config = {
      extends: join(root, 'src', 'core', 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = run('tsc', ['-p', join(folder, 'tsconfig.json')]);
    const refused = outside.filter((_, index) => stdout.includes(`outside-${index}.ts`));
    expect(refused).toEqual(outside);
    expect(stdout).not.toContain('inside.ts');
  });
});

describe('the linter', () => {
  it('refuses cycles, promises nobody waits for, and any', () => {
    writeFileSync(join(folder, 'a.ts'), "import { b } from './b.ts';\nexport const a = (): number => b();\n");
    writeFileSync(join(folder, 'b.ts'), "import { a } from './a.ts';\nexport const b = (): number => a();\n");
    writeFileSync(join(folder, 'c.ts'), 'export function f(x: any): void {\n  Promise.resolve(x);\n}\n');
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions: { noEmit: true }, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const options = ['--type-aware', '--format=unix', '-c', join(root, '.oxlintrc.json')];
    const { stdout } = run('oxlint', [...options, '.']);
    expect(stdout).toContain('no-cycle');
    expect(stdout).toContain('no-floating-promises');
    expect(stdout).toContain('no-explicit-any');
  });
});

function run(program: string, args: readonly string[]): { readonly stdout: string } {
  const { stdout, stderr } = spawnSync(join(bin, program), args, { cwd: folder, encoding: 'utf8' });
  return { stdout: stdout + stderr };
}
