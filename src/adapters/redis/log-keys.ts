// The names under which the log of one fleet is kept. All of them have one hash tag, so a cluster keeps them on one server and
// a script may touch them together.
//
//   {brigade:FLEET}:head               hash: where the log ends, and where what is still kept begins (`base_...`)
//   {brigade:FLEET}:log                stream: one entry for each batch, its id is `<number of the last event>-0`
//   {brigade:FLEET}:snapshots          hash: number -> what is known of the snapshot, as JSON
//   {brigade:FLEET}:snapshots:NUMBER   string: its body
//   {brigade:FLEET}:snapshots:new:ID   string: a body that is still being written; expires
//   {brigade:FLEET}:beats              hash: place -> how many beats came before, and the beat as JSON
//   {brigade:FLEET}:beats:turn         number: how many beats there were
//   {brigade:FLEET}:confirmed          string: written to learn that replicas have what came before it
//   {brigade:FLEET}:appended           channel: told of each batch

export interface LogKeys {
  readonly head: string;
  readonly log: string;
  readonly snapshots: string;
  readonly beats: string;
  readonly turn: string;
  readonly confirmed: string;
  readonly appended: string;
  snapshot(seq: number): string;
  upload(id: string): string;
}

export function logKeys(fleet: string): LogKeys {
  const tag = `{brigade:${fleet}}`;
  return {
    head: `${tag}:head`,
    log: `${tag}:log`,
    snapshots: `${tag}:snapshots`,
    beats: `${tag}:beats`,
    turn: `${tag}:beats:turn`,
    confirmed: `${tag}:confirmed`,
    appended: `${tag}:appended`,
    snapshot: (seq) => `${tag}:snapshots:${seq}`,
    upload: (id) => `${tag}:snapshots:new:${id}`,
  };
}
