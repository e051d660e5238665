// What agents write to each other is for the addressee, the author and operators. Whoever else may see that a message was
// sent, as it stands in the log, does not see what it says; nor the hash of the request, by which short words could be
// guessed.

/** The fact without the text of its message, or of the messages in the state that it carries; every other fact as it is. */
export function withoutMessageText<E extends { readonly type: string }>(event: E): E {
  if (event.type === 'message.sent')
    return { ...event, text: '', ...('request' in event ? hidden(event.request) : {}) };
  // A log that starts again carries the state with it.
  return event.type === 'epoch.started' && 'state' in event ? { ...event, state: silenced(event.state) } : event;
}

function hidden(request: unknown): { readonly request?: unknown } {
  return typeof request === 'object' ? { request: { ...request, bodyHash: '' } } : {};
}

interface Image {
  readonly tables?: {
    readonly requests?: readonly { readonly op: string }[];
    readonly messages?: readonly object[];
    readonly notices?: readonly { readonly notices: readonly { readonly kind: string }[] }[];
  };
}

function silenced(state: unknown): unknown {
  const image = state as Image | null;
  if (image?.tables === undefined) return state;
  const { messages = [], notices = [], requests = [] } = image.tables;
  const tables = {
    ...image.tables,
    requests: requests.map((row) => (row.op === 'send_message' ? { ...row, bodyHash: '' } : row)),
    messages: messages.map((row) => ({ ...row, text: '' })),
    notices: notices.map((row) => ({
      ...row,
      notices: row.notices.map((notice) => (notice.kind === 'message' ? { ...notice, text: '' } : notice)),
    })),
  };
  return { ...image, tables };
}
