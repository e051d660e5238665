import { Check, Undo2 } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { Problem, send } from '../data/api.ts';
import { useMoment } from '../data/moment.ts';
import { useOperator } from '../data/operator.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Loading, Trouble } from '../parts/states.tsx';
import { type Act, type ActAnswer, onOpenAct } from './act.ts';
import { SignInForm } from './sign-in.tsx';

/** The one place in which acts are shown, done and undone. */
export function ActDialogHost() {
  const [act, setAct] = useState<Act | null>(null);
  useEffect(() => onOpenAct(setAct), []);
  return (
    <Dialog isOpen={act !== null} onClose={() => setAct(null)} title={act?.title ?? ''}>
      {act !== null && <ActSteps key={`${act.path} ${act.title}`} act={act} onClose={() => setAct(null)} />}
    </Dialog>
  );
}

function ActSteps({ act, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const operator = useOperator();
  const { at } = useMoment();
  const [done, setDone] = useState<ActAnswer | null>(null);
  const [foreseen, setForeseen] = useState<ActAnswer | null>(null);
  if (operator === undefined) return <Loading />;
  if (operator === null) return <SignInForm onDone={() => undefined} />;
  if (done !== null) return <Result act={act} answer={{ ...foreseen, ...done }} onClose={onClose} />;
  return (
    <>
      {at !== null && (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          The page shows the past. This acts on the fleet as it is now.
        </p>
      )}
      <ActForm act={act} onForeseen={setForeseen} onDone={setDone} onClose={onClose} />
    </>
  );
}

function ActForm({
  act,
  onForeseen,
  onDone,
  onClose,
}: {
  readonly act: Act;
  readonly onForeseen: (answer: ActAnswer) => void;
  readonly onDone: (answer: ActAnswer) => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  // Sent again after a lost answer, it is still one act.
  const [key] = useState(newKey);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      onDone(
        (await send<ActAnswer | null>('POST', act.path, bodyOf(act, reason.trim()), { 'idempotency-key': key })) ?? {},
      );
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
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
      {act.hasNoPreview !== true && <Preview act={act} onForeseen={onForeseen} />}
      <label htmlFor={id} className="font-medium">
        {act.reasonTitle ?? (act.isReasonOptional === true ? 'Note (may be empty)' : 'Reason')}
        <span className="block font-normal text-mute">It stands in the log, under your name, for ever.</span>
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={1_000}
        required={act.isReasonOptional !== true}
        className="field"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {problem !== null && <Trouble problem={problem} />}
      <div className="flex flex-wrap justify-end gap-2">
        <button type="button" className="button" onClick={onClose}>
          Leave it
        </button>
        <button
          type="submit"
          className={`button ${act.isGrave === true ? 'button-bad' : 'button-main'}`}
          disabled={isBusy || (reason.trim() === '' && act.isReasonOptional !== true)}
        >
          {act.verb}
        </button>
      </div>
    </form>
  );
}

/** What the server would do, asked of it once. */
function Preview({ act, onForeseen }: { readonly act: Act; readonly onForeseen: (answer: ActAnswer) => void }) {
  const [shown, setShown] = useState<ActAnswer | Problem | null>(null);
  useEffect(() => {
    let isOver = false;
    const tell = (answer: ActAnswer | Problem): void => {
      if (isOver) return;
      setShown(answer);
      if (!(answer instanceof Problem)) onForeseen(answer);
    };
    send<ActAnswer>('POST', act.path, { ...bodyOf(act, NOT_YET_SAID), dryRun: true }).then(tell, (error: unknown) => {
      if (error instanceof Problem) tell(error);
    });
    return () => {
      isOver = true;
    };
  }, [act, onForeseen]);
  if (shown === null) return <Loading what="Asking what it would do" />;
  if (shown instanceof Problem) return <Trouble problem={shown} />;
  return (
    <section aria-label="What it would do" className="rounded-md bg-raised px-3 py-2">
      <Sentences answer={shown} none="It would change nothing." />
    </section>
  );
}

function Result({
  act,
  answer,
  onClose,
}: {
  readonly act: Act;
  readonly answer: ActAnswer;
  readonly onClose: () => void;
}) {
  const [state, setState] = useState<'done' | 'undone' | Problem>('done');
  const { undo } = answer;
  const takeBack = async (): Promise<void> => {
    if (undo == null) return;
    try {
      await send(undo.method, undo.path, undo.body);
      setState('undone');
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setState(error);
    }
  };
  return (
    <div className="grid gap-3">
      <output className="flex items-center gap-2 font-medium text-good">
        <Check aria-hidden className="size-4" /> {state === 'undone' ? 'Taken back.' : `${act.title}: done.`}
      </output>
      <div className="rounded-md bg-raised px-3 py-2">
        <Sentences answer={answer} none="Nothing had to change." />
      </div>
      {state instanceof Problem && <Trouble problem={state} />}
      <div className="flex flex-wrap justify-end gap-2">
        {undo != null && state !== 'undone' && (
          <button type="button" className="button" onClick={() => void takeBack()}>
            <Undo2 aria-hidden className="size-3.5" /> Undo
          </button>
        )}
        <button type="button" className="button button-main" onClick={onClose}>
          Close
        </button>
      </div>
    </div>
  );
}

function Sentences({ answer, none }: { readonly answer: ActAnswer; readonly none: string }) {
  const { events = [], leftOut = 0 } = answer;
  if (events.length === 0) return <p className="text-mute">{none}</p>;
  return (
    <ul className="grid gap-1">
      {events.slice(0, SHOWN).map(({ sentence }, index) => (
        // Two events may say the same.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <li key={index}>{sentence}</li>
      ))}
      {events.length + leftOut > SHOWN && (
        <li className="text-mute">and {events.length + leftOut - SHOWN} more events</li>
      )}
    </ul>
  );
}

const SHOWN = 8;
/** Stands for the reason in what an act would do. */
const NOT_YET_SAID = '…';

/** A page that is not on this host may have no `crypto.randomUUID`. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bodyOf({ body = {}, reasonMember = 'reason' }: Act, reason: string): Readonly<Record<string, unknown>> {
  return reason === '' ? body : { ...body, [reasonMember]: reason };
}
