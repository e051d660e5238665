// A state as the body of a snapshot. Images repeat themselves: packed, a large one takes about an eighth, so that many of them
// may be kept along the log. Small ones are written as they are, and so were all of them by earlier versions.

import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { exportState, importState } from '../core/fleet/state-image.ts';
import type { FleetState } from '../core/fleet-state.ts';

/** Packing less than this saves nothing that anybody would notice. */
const LARGE_CHARACTERS = 256 * 1024;
const PACKED = 'deflate:';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Packs off the event loop; the image itself is made at once, so the state may change afterwards. */
export async function snapshotBody(state: FleetState): Promise<string> {
  const image = JSON.stringify(exportState(state));
  if (image.length < LARGE_CHARACTERS) return image;
  const packed = await deflate(image);
  return `${PACKED}${packed.toString('base64')}`;
}

/** Throws for what no version known here has written. */
export async function stateIn(body: string): Promise<FleetState> {
  if (!body.startsWith(PACKED)) return importState(JSON.parse(body));
  const image = await inflate(Buffer.from(body.slice(PACKED.length), 'base64'));
  return importState(JSON.parse(image.toString('utf8')));
}
