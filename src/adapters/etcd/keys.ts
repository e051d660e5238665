// Where a fleet's keys are. Numbers are padded, so that the order of keys is the order of numbers.
//
//   /brigade/FLEET/head                          where the log ends
//   /brigade/FLEET/base                          where what was truncated ended; absent while nothing was
//   /brigade/FLEET/log/LASTSEQ                   a batch, under the number of its last event
//   /brigade/FLEET/snapshot/manifest/SEQ         what a snapshot consists of; without it there is none
//   /brigade/FLEET/snapshot/chunk/UPLOAD/N       its body in pieces
//   /brigade/FLEET/snapshot/upload/UPLOAD        there while somebody writes these pieces; goes with its lease
//   /brigade/FLEET/beat/PLACE                    presence; goes with its lease, days after the last beat

export class FleetKeys {
  /** Before all keys of the fleet. */
  readonly root: string;

  constructor(fleet: string) {
    this.root = `/brigade/${encodeURIComponent(fleet)}/`;
  }

  get head(): string {
    return `${this.root}head`;
  }

  get base(): string {
    return `${this.root}base`;
  }

  /** Before all batches. */
  get log(): string {
    return `${this.root}log/`;
  }

  batch(lastSeq: number): string {
    return `${this.log}${padded(lastSeq)}`;
  }

  get manifests(): string {
    return `${this.root}snapshot/manifest/`;
  }

  manifest(seq: number): string {
    return `${this.manifests}${padded(seq)}`;
  }

  get chunks(): string {
    return `${this.root}snapshot/chunk/`;
  }

  chunksOf(upload: string): string {
    return `${this.chunks}${upload}/`;
  }

  chunk(upload: string, index: number): string {
    return `${this.chunksOf(upload)}${String(index).padStart(6, '0')}`;
  }

  get uploads(): string {
    return `${this.root}snapshot/upload/`;
  }

  upload(upload: string): string {
    return `${this.uploads}${upload}`;
  }

  get beats(): string {
    return `${this.root}beat/`;
  }

  beat(placeId: string): string {
    return `${this.beats}${encodeURIComponent(placeId)}`;
  }
}

/** Sixteen digits hold every number that is exact in JavaScript. */
function padded(seq: number): string {
  return String(seq).padStart(16, '0');
}
