import { describe, expect, it } from 'vitest';
import { rowsInSight, segmentsOf, type TreeNode, treeOf } from './path-tree.ts';

const COUNT = {
  nameOf: (name: string) => name,
  sumOf: (names: readonly string[]) => names.length,
  add: (a: number, b: number) => a + b,
};

function drawn(nodes: readonly TreeNode<string, number>[]): readonly string[] {
  return rowsInSight(nodes, () => true).map(({ node, level }) => `${' '.repeat(level - 1)}${node.label} ${node.sum}`);
}

describe('segmentsOf', () => {
  it.each([
    ['file:src/a.ts', ['file:', 'src/', 'a.ts']],
    ['file:src/', ['file:', 'src/']],
    ['file:./', ['file:']],
    ['file:src/a.ts#Foo.b/c', ['file:', 'src/', 'a.ts', '#Foo.b/c']],
    ['file:src/**/*.ts', ['file:', 'src/', '**/*.ts']],
    ['task:stew', ['task:', 'stew']],
    ['task:soup/salt', ['task:', 'soup/', 'salt']],
    ['odd', ['odd']],
  ])('%s', (name, segments) => {
    expect(segmentsOf(name)).toEqual(segments);
  });
});

describe('treeOf', () => {
  it('sums each folder, and draws a folder that holds only another one in one row with it', () => {
    const names = ['file:src/core/a.ts', 'file:src/core/b.ts', 'file:docs/x/y/z.md', 'task:stew'];
    expect(drawn(treeOf(names, COUNT))).toEqual([
      'file: 3',
      ' docs/x/y/ 1',
      '  z.md 1',
      ' src/core/ 2',
      '  a.ts 1',
      '  b.ts 1',
      'task: 1',
      ' stew 1',
    ]);
  });

  it('keeps a folder that is locked itself, with what is locked in it', () => {
    const [root] = treeOf(['file:src/', 'file:src/core/a.ts', 'file:src/core/a.ts'], COUNT);
    const [src] = root?.children ?? [];
    expect(src).toMatchObject({ path: 'file:src/', items: ['file:src/'], sum: 3 });
    expect(drawn(root === undefined ? [] : [root])).toEqual(['file: 3', ' src/ 3', '  core/ 2', '   a.ts 2']);
  });

  it('orders siblings by their sums where it is told how', () => {
    const nodes = treeOf(['file:a/x', 'file:b/x', 'file:b/y'], { ...COUNT, compare: (a, b) => b - a });
    expect(drawn(nodes)).toEqual(['file: 3', ' b/ 2', '  x 1', '  y 1', ' a/ 1', '  x 1']);
  });

  it('orders names as people do', () => {
    expect(drawn(treeOf(['task:dish-10', 'task:dish-2'], COUNT))).toEqual(['task: 2', ' dish-2 1', ' dish-10 1']);
  });

  it('shows nothing of a folder that is closed', () => {
    const rows = rowsInSight(treeOf(['file:a/x', 'file:b/x'], COUNT), (_, level) => level === 1);
    expect(rows.map(({ node, isOpen, place, siblings }) => [node.path, isOpen, place, siblings])).toEqual([
      ['file:', true, 1, 1],
      ['file:a/', false, 1, 2],
      ['file:b/', false, 2, 2],
    ]);
  });
});
