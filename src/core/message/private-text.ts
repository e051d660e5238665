// What agents write to each other is for the addressee, the author and operators. Whoever else may see that a message was
// sent, as it stands in the log, does not see what it says.

/** The fact without the text of its message; every other fact as it is. */
export function withoutMessageText<E extends { readonly type: string }>(event: E): E {
  return event.type === 'message.sent' ? { ...event, text: '' } : event;
}
