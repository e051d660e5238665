// One resource, however it is written: on the file system of this host, and on one in memory with either way to treat
// case. The worktree is `App` in a folder that also holds `Other`.

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NameWorld, nameWorlds } from '../../../test/support/name-worlds.ts';
import { isRejection, type Rejection } from '../../core/rejection.ts';
import { describeKey, formatKey, parseKey, type ResourceKey } from '../../core/resource/resource-key.ts';
import { canonicalResource, realDirectory } from './canonical-resource.ts';
import type { NamingContext } from './find-path.ts';

const ENTRIES = [
  'App/src/a.ts',
  'App/src/core/b.ts',
  'App/src/Upper.ts',
  'App/app/[id]/page.tsx',
  'App/app/{x}/y.ts',
  'App/100%.txt',
  'App/@types/a.d.ts',
  'App/same.ts -> src/a.ts',
  'App/lib -> src/core',
  'App/absolute -> TOP/App/src',
  'App/chain -> lib',
  'App/out -> ../Other',
  'App/outside.txt -> /etc/hostname',
  'App/there-and-back -> ../Other/../App/src/a.ts',
  'App/future.ts -> src/not-yet.ts',
  'App/future-out -> ../Other/not-yet',
  'App/round -> round',
  'App/ping -> pong',
  'App/pong -> ping',
  'App/own -> .brigade',
  'App/.brigade/brigade.db',
  'App/caf\u00e9.ts',
  'Other/o.ts',
  'App2/x.ts',
];

describe.each(nameWorlds)('$name', ({ open }) => {
  let world: NameWorld;
  let context: NamingContext;

  beforeAll(async () => {
    world = await open(ENTRIES);
    const root = await realDirectory(`${world.top}/App`, world.prober);
    context = { worktree: 'w', root: root ?? '' };
  });
  afterAll(() => world.remove());

  /** The described key, or the code of the refusal. TOP in a request is the folder all is in. */
  async function name(request: string, more: Partial<NamingContext> = {}): Promise<string> {
    const answer = await canonicalResource(request.replace('TOP', world.top), { ...context, ...more }, world.prober);
    return said(answer);
  }

  it.each([
    ['file:src/a.ts', 'file:src/a.ts'],
    ['src/a.ts', 'file:src/a.ts'], // no kind is a file
    ['file:./src/a.ts', 'file:src/a.ts'],
    ['file:src/../src/a.ts', 'file:src/a.ts'],
    ['file:src//a.ts', 'file:src/a.ts'],
    ['file:src/./a.ts', 'file:src/a.ts'],
    ['file:src/a.ts/', 'file:src/a.ts'],
    ['file:none/../src/a.ts', 'file:src/a.ts'],
    ['file:../App/src/a.ts', 'file:src/a.ts'],
    ['file:TOP/App/src/a.ts', 'file:src/a.ts'],
    ['TOP/App/src/a.ts', 'file:src/a.ts'],
    ['file:TOP/Other/../App/src/a.ts', 'file:src/a.ts'],
    ['file:@w/src/a.ts', 'file:src/a.ts'],
    ['file:same.ts', 'file:src/a.ts'], // a link
    ['file:lib/b.ts', 'file:src/core/b.ts'],
    ['file:lib/new.ts', 'file:src/core/new.ts'],
    ['file:lib/../a.ts', 'file:src/a.ts'], // from where the link led
    ['file:chain/b.ts', 'file:src/core/b.ts'],
    ['file:absolute/a.ts', 'file:src/a.ts'],
    ['file:there-and-back', 'file:src/a.ts'],
    ['file:future.ts', 'file:src/not-yet.ts'], // a link to what does not exist yet
    ['file:caf\u00e9.ts', 'file:caf\u00e9.ts'],
    ['file:cafe\u0301s/x', 'file:caf\u00e9s/x'],
    ['file:new/x.ts', 'file:new/x.ts'],
    ['file:src/a.ts/x', 'file:src/a.ts/x'],
    ['file:src', 'file:src/'], // a folder is its tree
    ['file:src/', 'file:src/'],
    ['file:lib', 'file:src/core/'],
    ['file:src/core/..', 'file:src/'],
    ['file:new/', 'file:new/'],
    ['file:new/.', 'file:new/'],
    ['file:.', 'file:./'],
    ['file:./', 'file:./'],
    ['file:src/..', 'file:./'],
    ['file:@w/', 'file:./'],
    ['file:TOP/App', 'file:./'],
    ['repo:src/a.ts', 'repo:src/a.ts'],
    ['repo:same.ts', 'repo:src/a.ts'],
    ['repo:src', 'repo:src/'],
    ['repo:.', 'repo:./'],
    ['file:src/a.ts#parse', 'file:src/a.ts#parse'],
    ['file:same.ts#Foo.bar', 'file:src/a.ts#Foo.bar'],
    ['file:TOP/App/src/a.ts#parse', 'file:src/a.ts#parse'],
    ['file:c%23.ts', 'file:c%23.ts'],
    ['file:100%.txt', 'file:100%25.txt'],
    ['file:100%25.txt', 'file:100%25.txt'],
    ['file:@types/a.d.ts', 'file:@types/a.d.ts'],
    ['file:src/**/*.ts', 'file:src/**/*.ts'],
    ['file:./src/*.ts', 'file:src/*.ts'],
    ['file:src/../src/*.ts', 'file:src/*.ts'],
    ['file:lib/*.ts', 'file:src/core/*.ts'],
    ['file:src/*//./x', 'file:src/*/x'],
    ['file:src/*/', 'file:src/*/'],
    ['file:*.%23', 'file:*.%23'],
    ['file:100%*', 'file:100%25*'],
    ['file:{a/b,c}/d', 'file:{a/b,c}/d'],
    ['file:app/[id]/page.tsx', 'file:app/%5Bid%5D/page.tsx'], // exists in exactly this spelling
    ['file:app/[id]/new.tsx', 'file:app/%5Bid%5D/new.tsx'],
    ['file:app/[id]', 'file:app/%5Bid%5D/'],
    ['file:app/[id]/*.tsx', 'file:app/%5Bid%5D/*.tsx'],
    ['file:app/%5Bid%5D/page.tsx', 'file:app/%5Bid%5D/page.tsx'],
    ['file:app/[ab]/page.tsx', 'file:app/[ab]/page.tsx'], // does not exist: a pattern
    ['file:app/{x}/y.ts', 'file:app/%7Bx%7D/y.ts'],
    ['file:TOP/App/app/[ab]/page.tsx', 'file:app/%5Bab%5D/page.tsx'], // absolute: literal
    ['file:TOP/App/*', 'file:%2A'],
    ['task:review', 'task:review'],
    ['task:cafe\u0301', 'task:caf\u00e9'],
    ['state:a/../b', 'state:a/../b'],
  ])('%s is %s', async (request, expected) => {
    expect(await name(request)).toBe(expected);
  });

  it.each([
    ['file:../Other/o.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:../App2/x.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:..', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:../../../../../../../../etc/passwd', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:/etc/passwd', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:/', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:TOP/App2/x.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:out', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:out/o.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:out/new.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:out/*.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:outside.txt', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:future-out', 'PATH_OUTSIDE_WORKSPACE'],
    ['repo:../Other/o.ts', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:.brigade', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:.brigade/brigade.db', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:src/../.brigade/x', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:own/x', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:.brigade/*', 'PATH_OUTSIDE_WORKSPACE'],
    ['file:@w/@w/a.ts', 'INVALID_RESOURCE'],
    ['file:round', 'INVALID_RESOURCE'],
    ['file:ping/x', 'INVALID_RESOURCE'],
    ['', 'INVALID_RESOURCE'],
    [':x', 'INVALID_RESOURCE'],
    ['file:', 'INVALID_RESOURCE'],
    ['file:#a', 'INVALID_RESOURCE'],
    ['file:src/a.ts#', 'INVALID_RESOURCE'],
    ['file:src/a.ts#a..b', 'INVALID_RESOURCE'],
    ['file:src#a', 'INVALID_RESOURCE'],
    ['file:new/#a', 'INVALID_RESOURCE'],
    ['file:src/*.ts#a', 'INVALID_RESOURCE'],
    ['file:a\0b', 'INVALID_RESOURCE'],
    ['file:a\nb', 'INVALID_RESOURCE'],
    ['file:\ud800', 'INVALID_RESOURCE'],
    [`file:${'a'.repeat(10_240)}`, 'INVALID_RESOURCE'],
    [`file:${'a/'.repeat(3_000)}`, 'INVALID_RESOURCE'],
    [`file:${'a'.repeat(512)}*`, 'INVALID_RESOURCE'],
    ['file:src\\a.ts', 'INVALID_RESOURCE'],
    ['file:src/[ab', 'INVALID_RESOURCE'],
    ['file:src/{a,b', 'INVALID_RESOURCE'],
    ['file:src/*/../a.ts', 'INVALID_RESOURCE'],
    ['file:src/{../a,b}', 'INVALID_RESOURCE'],
    ['file:src/{./a,b}', 'INVALID_RESOURCE'],
    ['Task:a', 'INVALID_RESOURCE'],
    ['task:', 'INVALID_RESOURCE'],
    ['task: a', 'INVALID_RESOURCE'],
    [`task:${'a'.repeat(513)}`, 'INVALID_RESOURCE'],
    ['brigade:outbox', 'INVALID_RESOURCE'],
  ])('%j is refused: %s', async (request, code) => {
    expect(await name(request)).toBe(code);
  });

  it('takes ./ and ../ from the folder the caller is in, and other names from the root', async () => {
    const cwd = `${context.root}/src/core`;
    expect(await name('file:./b.ts', { cwd })).toBe('file:src/core/b.ts');
    expect(await name('file:../a.ts', { cwd })).toBe('file:src/a.ts');
    expect(await name('file:../*.ts', { cwd })).toBe('file:src/*.ts');
    expect(await name('file:.', { cwd })).toBe('file:src/core/');
    expect(await name('file:b.ts', { cwd })).toBe('file:b.ts');
    expect(await name('file:@w/./b.ts', { cwd })).toBe('file:b.ts');
    expect(await name('file:./b.ts', { cwd: `${context.root}/chain` })).toBe('file:src/core/b.ts');
    expect(await name('file:./src/a.ts', { cwd: `${world.top}/Other` })).toBe('file:src/a.ts');
  });

  it('takes what a program says for a path, whatever characters it has', async () => {
    const isLiteral = true;
    expect(await name('TOP/App/src/a.ts', { isLiteral })).toBe('file:src/a.ts');
    expect(await name('file:TOP/App/a#b%23*[x].ts', { isLiteral })).toBe('file:a%23b%2523%2A%5Bx%5D.ts');
    expect(await name('a:b.ts', { isLiteral })).toBe('file:a:b.ts');
    expect(await name('b.ts', { isLiteral, cwd: `${context.root}/src/core` })).toBe('file:src/core/b.ts');
    expect(await name('*.ts', { isLiteral })).toBe('file:%2A.ts');
    expect(await name('TOP/Other/o.ts', { isLiteral })).toBe('PATH_OUTSIDE_WORKSPACE');
    expect(await name('o.ts', { isLiteral, cwd: `${world.top}/Other` })).toBe('PATH_OUTSIDE_WORKSPACE');
    expect(await name('file:@v/a.ts', { isLiteral })).toBe('file:@v/a.ts'); // a folder of that name
  });

  it('understands keys of other worktrees where it is told of them', async () => {
    const isWorktree = (id: string): boolean => id === 'v';
    expect(await name('file:@v/src/a.ts', { isWorktree })).toBe('file:@v/src/a.ts');
    expect(await name('file:@types/a.d.ts', { isWorktree })).toBe('file:@types/a.d.ts');
    const unknown = await canonicalResource('file:@v/src/a.ts', context, world.prober);
    expect(unknown).toBe('file:@w/@v/src/a.ts');
  });

  it('takes the spelling on disk where case is folded, and leaves what is missing as it is', async () => {
    const { foldsCase } = world;
    expect(await name('file:SRC/A.TS')).toBe(foldsCase ? 'file:src/a.ts' : 'file:SRC/A.TS');
    expect(await name('file:src/upper.ts')).toBe(foldsCase ? 'file:src/Upper.ts' : 'file:src/upper.ts');
    expect(await name('file:LIB/new.ts')).toBe(foldsCase ? 'file:src/core/new.ts' : 'file:LIB/new.ts');
    expect(await name('file:SRC/New.ts')).toBe(foldsCase ? 'file:src/New.ts' : 'file:SRC/New.ts');
    expect(await name('file:APP/[ID]/page.tsx')).toBe(foldsCase ? 'file:app/[ID]/page.tsx' : 'file:APP/[ID]/page.tsx');
    expect(await name('TOP/APP/src/a.ts')).toBe(foldsCase ? 'file:src/a.ts' : 'PATH_OUTSIDE_WORKSPACE');
    expect(await name('file:.BRIGADE/x')).toBe('PATH_OUTSIDE_WORKSPACE');
  });

  it('says what to write instead', async () => {
    const refuse = async (request: string): Promise<Rejection> => {
      const answer = await canonicalResource(request, context, world.prober);
      if (!isRejection(answer)) throw new Error(`${request} is taken`);
      return answer;
    };
    expect((await refuse('Task:review')).next).toContain('task:review');
    expect((await refuse('file:src\\a.ts')).next).toContain('Separate folders with /');
    expect((await refuse('file:src/{id}/x')).next).toContain('%7B');
    expect((await refuse('file:')).next).toContain('file:./');
    expect((await refuse('/etc/passwd')).message).toContain(context.root);
  });

  it('is at rest after one step, as stored and as described, and never throws', async () => {
    const segment = fc.constantFrom(
      ...'src|core|a.ts|b.ts|lib|same.ts|new|*|**|[id]|[ab]|{a,b}|..|.|app|@w|c%23|100%|%5B|#f|round|out|SRC|\0'.split(
        '|',
      ),
    );
    const prefix = fc.constantFrom('file:', '', 'repo:', 'file:./', 'file:@w/', `file:${context.root}/`);
    const request = fc
      .tuple(prefix, fc.array(segment, { maxLength: 4 }))
      .map(([start, names]) => start + names.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(request, fc.string({ unit: 'binary' })), async (text) => {
        const answer = await canonicalResource(text, context, world.prober);
        fc.pre(!isRejection(answer));
        expect(formatKey(parseKey(answer))).toBe(answer);
        expect(await canonicalResource(answer, context, world.prober)).toBe(answer);
        expect(await canonicalResource(describeKey(answer, 'w'), context, world.prober)).toBe(answer);
      }),
      { numRuns: 200, maxSkipsPerRun: 1_000 },
    );
  });
});

function said(answer: ResourceKey | Rejection): string {
  return isRejection(answer) ? answer.code : describeKey(answer, 'w');
}
