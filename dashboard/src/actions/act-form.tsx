import { useEffect, useId, useRef, useState } from 'react';
import { Problem, send } from '../data/api.ts';
import { forgotten } from '../data/view.ts';
import { Loading, Trouble } from '../parts/states.tsx';
import { useFocus } from '../parts/use-focus.ts';
import type { Act, ActAnswer } from './act.ts';
import { bodyOf, type Draft } from './draft.ts';
import { REASON, Sentences } from './sentences.tsx';

interface ActFormProps {
  readonly act: Act;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onForeseen: (answer: ActAnswer) => void;
  readonly onDone: (answer: ActAnswer) => void;
  readonly onClose: () => void;
}

/** What an act means and would do, why it is done, and the button that does it. */
export function ActForm({ act, draft, onDraft, onForeseen, onDone, onClose }: ActFormProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  // A second click may come before the page is drawn again.
  const isSent = useRef(false);
  const id = useId();
  const field = useFocus<HTMLTextAreaElement>();
  const submit = async (): Promise<void> => {
    if (isSent.current) return;
    isSent.current = true;
    setBusy(true);
    setProblem(null);
    try {
      const headers = { 'idempotency-key': draft.key };
      onDone((await send<ActAnswer | null>('POST', act.path, bodyOf(act, draft), headers)) ?? {});
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      onDraft({ ...draft, isUnsure: isLost(error) });
      if (isOfCredential(error)) forgotten();
    } finally {
      isSent.current = false;
      setBusy(false);
    }
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p>{act.means}</p>
      {act.choice !== undefined && <Choosing choice={act.choice} draft={draft} onDraft={onDraft} />}
      {act.hasNoPreview !== true && <Preview act={act} draft={draft} onForeseen={onForeseen} />}
      <label htmlFor={id} className="font-medium">
        {act.reasonTitle ?? 'Reason'}
        <span className="block font-normal text-mute">It stands in the log, under your name, for ever.</span>
      </label>
      <textarea
        ref={field}
        id={id}
        rows={2}
        maxLength={1_000}
        required
        readOnly={isBusy || draft.isUnsure}
        className="field"
        value={draft.reason}
        onChange={(event) => onDraft({ ...draft, reason: event.target.value })}
      />
      {problem !== null && <Trouble problem={problem} />}
      {draft.isUnsure && (
        <p className="rounded-md bg-warn-soft px-3 py-2 text-warn">
          It is not known whether it was done. Press “{act.verb}” again: it is done once at most.
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <button type="button" className="button" onClick={onClose}>
          Leave it
        </button>
        <button
          type="submit"
          className={`button ${act.isGrave === true ? 'button-bad' : 'button-main'}`}
          disabled={isBusy || draft.reason.trim() === ''}
        >
          {act.verb}
        </button>
      </div>
    </form>
  );
}

/** The answer did not come, or came from somebody before the server who does not know either. */
function isLost({ status }: Problem): boolean {
  return status === 0 || status === 502 || status === 504;
}

function isOfCredential({ code }: Problem): boolean {
  return code === 'CREDENTIAL_REQUIRED' || code === 'CREDENTIAL_WRONG' || code === 'OPERATOR_REQUIRED';
}

function Choosing({
  choice: { title, options },
  draft,
  onDraft,
}: {
  readonly choice: NonNullable<Act['choice']>;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}) {
  return (
    <label className="grid gap-1 font-medium">
      {title}
      <select
        className="field font-normal"
        value={draft.chosen ?? ''}
        disabled={draft.isUnsure}
        onChange={(event) => onDraft({ ...draft, chosen: event.target.value })}
      >
        {options.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

/** What the server would do, asked of it once for each choice. */
function Preview({ act, draft: { reason, chosen }, onForeseen }: Pick<ActFormProps, 'act' | 'draft' | 'onForeseen'>) {
  const [shown, setShown] = useState<ActAnswer | Problem | null>(null);
  useEffect(() => {
    let isOver = false;
    const tell = (answer: ActAnswer | Problem): void => {
      if (isOver) return;
      setShown(answer);
      if (!(answer instanceof Problem)) onForeseen(answer);
      else if (isOfCredential(answer)) forgotten();
    };
    const body = { ...bodyOf(act, { reason: REASON, chosen }), dryRun: true };
    send<ActAnswer>('POST', act.path, body).then(tell, (error: unknown) => {
      if (error instanceof Problem) tell(error);
    });
    return () => {
      isOver = true;
    };
  }, [act, chosen, onForeseen]);
  if (shown === null) return <Loading what="Asking what it would do" />;
  if (shown instanceof Problem) return <Trouble problem={shown} />;
  return (
    <section aria-label="What it would do" className="rounded-md bg-raised px-3 py-2">
      <Sentences answer={shown} reason={reason} none="It would change nothing." />
    </section>
  );
}
