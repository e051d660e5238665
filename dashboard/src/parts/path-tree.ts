// Resources as a tree of folders: `file:src/a.ts` stands under `file:`, `src/`; a lock on `src/` is of the folder itself. Folders
// that hold nothing but one other folder are one row with it.

export interface TreeNode<Item, Sum> {
  /** The beginning of the names in it, or the name itself. */
  readonly path: string;
  /** What it adds to the path of its parent. */
  readonly label: string;
  /** Under this very name. */
  readonly items: readonly Item[];
  /** Of it and everything below. */
  readonly sum: Sum;
  readonly children: readonly TreeNode<Item, Sum>[];
}

export interface Summing<Item, Sum> {
  readonly nameOf: (item: Item) => string;
  readonly sumOf: (items: readonly Item[]) => Sum;
  readonly add: (a: Sum, b: Sum) => Sum;
  /** Siblings in this order; by name where it says 0. */
  readonly compare?: (a: Sum, b: Sum) => number;
}

interface Draft<Item> {
  readonly items: Item[];
  readonly children: Map<string, Draft<Item>>;
}

/** The roots: one for each kind of resource. */
export function treeOf<Item, Sum>(items: readonly Item[], summing: Summing<Item, Sum>): readonly TreeNode<Item, Sum>[] {
  const root: Draft<Item> = { items: [], children: new Map() };
  for (const item of items) {
    let at = root;
    for (const segment of segmentsOf(summing.nameOf(item))) {
      let next = at.children.get(segment);
      if (next === undefined) {
        next = { items: [], children: new Map() };
        at.children.set(segment, next);
      }
      at = next;
    }
    at.items.push(item);
  }
  return childrenOf(root, '', summing);
}

function childrenOf<Item, Sum>(
  { children }: Draft<Item>,
  path: string,
  summing: Summing<Item, Sum>,
): readonly TreeNode<Item, Sum>[] {
  const nodes = [...children].map(([segment, draft]) => nodeOf(draft, segment, path, summing));
  const { compare = () => 0 } = summing;
  return nodes.toSorted((a, b) => compare(a.sum, b.sum) || BY_NAME.compare(a.label, b.label));
}

/** `part-2` before `part-10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

function nodeOf<Item, Sum>(
  draft: Draft<Item>,
  segment: string,
  above: string,
  summing: Summing<Item, Sum>,
): TreeNode<Item, Sum> {
  const path = above + segment;
  const [only] = draft.children;
  if (above !== '' && draft.items.length === 0 && draft.children.size === 1 && only !== undefined) {
    const [next, below] = only;
    if (below.children.size > 0) return nodeOf(below, segment + next, above, summing);
  }
  const children = childrenOf(draft, path, summing);
  let sum = summing.sumOf(draft.items);
  for (const child of children) sum = summing.add(sum, child.sum);
  return { path, label: segment, items: draft.items, sum, children };
}

/** `file:src/a.ts#Foo` is `file:`, `src/`, `a.ts`, `#Foo`; a pattern stays whole. The segments of a name make up the name. */
export function segmentsOf(name: string): readonly string[] {
  const colon = name.indexOf(':') + 1;
  const kind = name.slice(0, colon);
  const rest = name.slice(colon);
  if (rest === './') return [kind];
  const segments: string[] = kind === '' ? [] : [kind];
  const hash = rest.indexOf('#');
  const path = hash === -1 ? rest : rest.slice(0, hash);
  let from = 0;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', from)) {
    const segment = path.slice(from, slash + 1);
    if (/[*?[{]/.test(segment)) break;
    segments.push(segment);
    from = slash + 1;
  }
  if (from < path.length) segments.push(path.slice(from));
  if (hash !== -1) segments.push(rest.slice(hash));
  return segments;
}

/** A row of the tree that is in sight, as all folders above it are open. */
export interface TreeRow<Item, Sum> {
  readonly node: TreeNode<Item, Sum>;
  readonly level: number;
  readonly isOpen: boolean;
  readonly place: number;
  readonly siblings: number;
}

export function rowsInSight<Item, Sum>(
  nodes: readonly TreeNode<Item, Sum>[],
  isOpen: (node: TreeNode<Item, Sum>, level: number) => boolean,
): readonly TreeRow<Item, Sum>[] {
  const rows: TreeRow<Item, Sum>[] = [];
  const visit = (siblings: readonly TreeNode<Item, Sum>[], level: number): void => {
    for (const [index, node] of siblings.entries()) {
      const open = node.children.length > 0 && isOpen(node, level);
      rows.push({ node, level, isOpen: open, place: index + 1, siblings: siblings.length });
      if (open) visit(node.children, level + 1);
    }
  };
  visit(nodes, 1);
  return rows;
}
