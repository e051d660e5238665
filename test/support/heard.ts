// Writes down what a desk connection says.

import type { DeskConnection } from '../../src/ports/desk-door.ts';

export interface Heard {
  readonly connection: DeskConnection;
  readonly texts: string[];
  closes: number;
  drains: number;
  /** Runs with each message, after it was written down. */
  onText: (text: string) => void;
}

export function hear(connection: DeskConnection): Heard {
  const heard: Heard = { connection, texts: [], closes: 0, drains: 0, onText: () => undefined };
  connection.onMessage = (text) => {
    heard.texts.push(text);
    heard.onText(text);
  };
  connection.onClose = () => {
    heard.closes += 1;
  };
  connection.onDrain = () => {
    heard.drains += 1;
  };
  return heard;
}
