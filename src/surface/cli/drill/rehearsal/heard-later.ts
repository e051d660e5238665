// A promise that is waited for at a later point of the script.

/** `work` is waited for later; should it fail before, it is heard of then. */
export function heardLater(work: Promise<unknown>): void {
  work.catch(() => {
    // Whoever waits for it hears it.
  });
}
