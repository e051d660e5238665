/** `act` on all of them, so many at a time, so that nobody's call is behind thousands of others. */
export async function inTurns<T>(items: readonly T[], atOnce: number, act: (item: T, i: number) => Promise<unknown>) {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await act(items[next - 1] as T, next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
