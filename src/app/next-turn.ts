/** Resolves in a later turn of the event loop, after whatever input and output is ready by then. Reads no clock. */
export type NextTurn = () => Promise<void>;
