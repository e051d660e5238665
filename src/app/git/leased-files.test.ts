import { describe, expect, it } from 'vitest';
import { FILES_MOST, leasedFiles } from './leased-files.ts';

const known = () => Promise.resolve(['src/a.ts', 'src/deep/b.ts', 'src/c.js', 'docs/[x].md', '.brigade/policy.json']);

async function paths(...leases: readonly string[]): Promise<readonly string[]> {
  return (await leasedFiles(leases, 'w1', known)).paths;
}

describe('files that are leased', () => {
  it('are named by leases, or known to git and covered by one, in this worktree', async () => {
    expect(await paths('file:@w1/src/a.ts', 'file:@w2/src/c.js', 'task:x')).toEqual(['src/a.ts']);
    expect(await paths('file:@w1/src/')).toEqual(['src/a.ts', 'src/deep/b.ts', 'src/c.js']);
    expect(await paths('repo:src/**/*.ts')).toEqual(['src/a.ts', 'src/deep/b.ts']);
    expect(await paths('file:@w1/src/a.ts#parse', 'file:@w1/docs/%5Bx%5D.md')).toEqual(['src/a.ts', 'docs/[x].md']);
    expect(await paths('file:@w1/new file')).toEqual(['new file']);
    expect(await paths('file:@w1/')).not.toContain('.brigade/policy.json');
  });

  it('are found by how a name reads, and told as git has it', async () => {
    const decomposed = 'docs/cafe\u0301.md';
    const found = await leasedFiles(['repo:**/caf\u00e9.md'], 'w1', () => Promise.resolve([decomposed]));
    expect(found.paths).toEqual([decomposed]);
  });

  it('are not asked of git where each is named, and are bounded', async () => {
    const asked = () => Promise.reject(new Error('asked'));
    expect((await leasedFiles(['file:@w1/a'], 'w1', asked)).paths).toEqual(['a']);
    const many = Array.from({ length: FILES_MOST + 1 }, (_, index) => `f${index}`);
    const cut = await leasedFiles(['file:@w1/'], 'w1', () => Promise.resolve(many));
    expect(cut).toMatchObject({ isCut: true, paths: { length: FILES_MOST } });
  });
});
