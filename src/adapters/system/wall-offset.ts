// The wall time of this process, moved, as on a host whose clock was set wrong. Whatever reads it here is misled, libraries too;
// the monotonic clock and the timers are not, as on such a host. Only a drill does this, in processes of its own.

const TrueDate = Date;
let offsetMs = 0;

/** From now on wall time is `ms` later than it is; 0 puts it right. */
export function offsetWallClock(ms: number): void {
  offsetMs = ms;
  if (globalThis.Date === TrueDate) globalThis.Date = movedDate();
}

function movedDate(): DateConstructor {
  const now = (): number => TrueDate.now() + offsetMs;
  return new Proxy(TrueDate, {
    construct: (target, args: readonly unknown[]) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args) as Date,
    apply: () => new TrueDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
