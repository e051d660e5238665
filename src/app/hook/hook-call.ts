// What a hook of any client says and hears, in words of our own. What each client calls it is in surface/hook.

/** What an edit will change, or has changed: a path, absolute or from the folder of the call; or whatever a shell command writes. */
export type EditTarget =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'shell'; readonly command: string };

export type HookMoment =
  /** A tool is about to run. Without targets it is none of our business. */
  | { readonly kind: 'before'; readonly tool: string; readonly targets: readonly EditTarget[] }
  /** It ran. `isDone`: it did what it should. */
  | {
      readonly kind: 'after';
      readonly tool: string;
      readonly targets: readonly EditTarget[];
      readonly isDone: boolean;
    }
  /** A session begins, or goes on after a pause, or after what was said before was cut short. */
  | { readonly kind: 'session-start'; readonly how: 'new' | 'resumed' | 'compacted' }
  /** The agent, or the sub-agent whose label the call carries, has nothing more to do for now. */
  | { readonly kind: 'turn-end' }
  /** `isReplaced`: the client goes on with another session under another name. */
  | { readonly kind: 'session-end'; readonly isReplaced: boolean }
  /** Nothing that concerns us. */
  | { readonly kind: 'other' };

export interface HookCall {
  /** In normal form. */
  readonly client: string;
  /** The client's own id of the session; null where it tells none. */
  readonly sessionId: string | null;
  /** Where relative paths begin; absolute. Null: where the hook was started. */
  readonly folder: string | null;
  /** The sub-agent, where the client tells it. */
  readonly label: string | null;
  readonly moment: HookMoment;
}

/** Who brings the call. */
export interface HookCaller {
  /** Process of the hook, in this place; null over HTTP. */
  readonly pid: number | null;
  /** What the settings of the hook ask for; null where they ask for none. */
  readonly agentId: string | null;
  readonly purpose: string | null;
  /** Over HTTP, what the request shows. */
  readonly secret: string | null;
}

export type HookAnswer =
  /** Goes ahead. `note`: for the agent. */
  | { readonly kind: 'allow'; readonly note: string | null }
  /** `ask`: a person decides, where the client lets one; else it is denied. */
  | { readonly kind: 'deny' | 'ask'; readonly reason: string }
  /** Nobody can say. `onFault`: what the policy wants then; null where nobody knows the policy either. */
  | { readonly kind: 'fault'; readonly message: string; readonly onFault: 'open' | 'closed' | null };

/** How a hook is answered by a process that holds a coordinator. */
export type AnswerHook = (call: HookCall, caller: HookCaller) => Promise<HookAnswer>;

export const ALLOW: HookAnswer = { kind: 'allow', note: null };
