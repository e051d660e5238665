// What happens on a line that takes its time: in the order in which it was sent, whatever the delay was meanwhile.

interface Sent {
  readonly act: () => void;
  readonly untilMs: number;
}

/** Does what it is given after the delay as it is then; without one at once, unless something before it is still on its way. */
export function inTime(delayMs: () => number): (act: () => void) => void {
  const sent: Sent[] = [];
  return (act) => {
    const laterMs = delayMs();
    if (laterMs === 0 && sent.length === 0) act();
    else if (sent.push({ act, untilMs: performance.now() + laterMs }) === 1) arrive();
  };

  function arrive(): void {
    const [first] = sent;
    if (first === undefined) return;
    setTimeout(
      () => {
        first.act();
        sent.shift();
        arrive();
      },
      Math.max(0, first.untilMs - performance.now()),
    );
  }
}
