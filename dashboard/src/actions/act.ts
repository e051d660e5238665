// What an operator may do from this page. An act is shown before it is done (the server says which events it would append),
// needs a reason, says what came of it, and offers to be undone where that can be.

export interface Act {
  /** Of the dialog, as in `Pause agent ana`. */
  readonly title: string;
  /** What it means for those concerned, in a sentence or two. */
  readonly means: string;
  /** On the button, as in `Pause`. */
  readonly verb: string;
  readonly path: string;
  /** What is sent, besides `reason` (or what `reasonMember` names instead) and, for the preview, `dryRun`. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly reasonMember?: string;
  /** The server cannot say beforehand what it does, because it does what is written. */
  readonly hasNoPreview?: boolean;
  /** What is to be chosen besides; the first is chosen already. */
  readonly choice?: { readonly title: string; readonly member: string; readonly options: readonly string[] };
  /** What the reason is called, where it is something else: a note. */
  readonly reasonTitle?: string;
  /** It takes something away from somebody. */
  readonly isGrave?: boolean;
}

/** How the server answers an act, and its preview. */
export interface ActAnswer {
  /** Appended, or to be appended. */
  readonly events?: readonly { readonly type: string; readonly sentence: string }[];
  readonly leftOut?: number;
  /** False: it was so already. */
  readonly changed?: boolean;
  readonly done?: readonly string[];
  readonly means?: string;
  readonly undo?: {
    readonly method: 'POST';
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>>;
  } | null;
}

type Opener = (act: Act) => void;

let opener: Opener | null = null;

/** Shows the dialog of an act. */
export function openAct(act: Act): void {
  opener?.(act);
}

/** For the one that shows them. */
export function onOpenAct(show: Opener): () => void {
  opener = show;
  return () => {
    if (opener === show) opener = null;
  };
}
