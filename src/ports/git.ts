// Git, as it is installed here: what is asked of it is asked of the program itself, because only it knows all that its settings
// mean.

export interface GitAnswer {
  /** Exit code; null where there is no git, or where it was ended because it took too long. */
  readonly code: number | null;
  readonly out: Buffer;
  readonly err: string;
}

export interface GitAsk {
  readonly input?: string;
  readonly withinMs?: number;
}

export interface Git {
  /** Runs git with `args` in the folder. Never throws for what git says. */
  ask(args: readonly string[], ask?: GitAsk): Promise<GitAnswer>;
  /** The same in another folder. */
  at(folder: string): Git;
}
