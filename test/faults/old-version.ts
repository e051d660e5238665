// Makes this process an older version of Brigade, before anything of it is loaded (`node --import`): what its sources say of their
// version is another number. `BRIGADE_TEST_OLD=format` writes the format of logs before this one, and so speaks to no newer desk either;
// `desk` knows the log, and speaks to desks as an older one does.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Change {
  readonly file: string;
  readonly says: RegExp;
  readonly by: number;
}

const CHANGES: Readonly<Record<string, Change>> = {
  format: { file: '/src/core/event.ts', says: /^export const FORMAT = (\d+);$/m, by: -1 },
  desk: { file: '/src/app/desk/protocol.ts', says: /^const MESSAGES = (\d+);$/m, by: -1 },
};

const change = CHANGES[process.env.BRIGADE_TEST_OLD ?? ''];

if (change !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(change.file)) return loaded;
      return { ...loaded, source: older(readFileSync(fileURLToPath(url), 'utf8'), change) };
    },
  });
}

function older(source: string, { file, says, by }: Change): string {
  const [line, number] = says.exec(source) ?? [];
  if (line === undefined || number === undefined) throw new Error(`${file} does not say its version as ${says.source}`);
  return source.replace(line, line.replace(number, String(Number(number) + by)));
}
