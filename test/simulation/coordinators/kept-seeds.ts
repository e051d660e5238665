// Seeds that once broke something, with what it was. They run each time. A change of the plan gives a seed another history, so
// what a seed has found is a scenario or a test of its own as well.

export const KEPT_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [13, 'an expiry ended the wait that kept another lease from being renewed, which was expired too early'],
  [245, 'a container and its host each had a fleet time of their own, and one expired what the other had just granted'],
  [1120, 'a grant whose session ended in the same append was told to be believed in'],
  [306, 'a second loss soon after a first made the five minutes of rest three seconds'],
  [807, 'after a loss a process forgot that it had slept, and fleet time jumped over the sleep'],
  [1711, 'a log was rolled back to what a process had read, which took it for sound'],
  [354, 'a process that had stood still told a holder how long to believe by a time that it took back afterwards'],
  [1351, 'a machine slept before a process had opened the log, which then let an hour pass'],
  [262, 'a grant of which a part was another holder’s by then could not be delivered, and all of it was offered again'],
  [168, 'a desk whose log could not be opened at first watched over nothing of what it then read'],
  [
    1838,
    'a second epoch forgot a process that had joined a session in the first, and its lease went to another too soon',
  ],
];
