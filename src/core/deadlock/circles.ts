// Circles in a graph: sets of nodes of which each can be reached from each other one (Tarjan's strongly connected components),
// without recursion, so that no long line of waiters runs out of stack.

interface Visit {
  readonly node: string;
  readonly targets: Iterator<string>;
}

/** The circles among `nodes`, each in the order of the nodes. A node alone is none. Edges to other nodes do not count. */
export function circlesIn(
  nodes: ReadonlySet<string>,
  edgesOf: (node: string) => Iterable<string>,
): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const circles: string[][] = [];

  for (const root of nodes) {
    if (order.has(root)) continue;
    const path: Visit[] = [enter(root)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const next = visit.targets.next();
      if (next.done === true) {
        path.pop();
        leave(visit.node, path.at(-1)?.node);
      } else if (nodes.has(next.value)) {
        if (!order.has(next.value)) path.push(enter(next.value));
        else if (isOpen.has(next.value)) lower(visit.node, order.get(next.value) as number);
      }
    }
  }
  return circles;

  function enter(node: string): Visit {
    low.set(node, order.size);
    order.set(node, order.size);
    open.push(node);
    isOpen.add(node);
    return { node, targets: edgesOf(node)[Symbol.iterator]() };
  }

  function leave(node: string, from: string | undefined): void {
    if (from !== undefined) lower(from, low.get(node) as number);
    if (low.get(node) !== order.get(node)) return;
    const circle = open.splice(open.lastIndexOf(node));
    for (const each of circle) isOpen.delete(each);
    if (circle.length > 1) circles.push(circle);
  }

  function lower(node: string, to: number): void {
    if (to < (low.get(node) as number)) low.set(node, to);
  }
}
