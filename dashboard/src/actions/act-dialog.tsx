import { useCallback, useEffect, useState } from 'react';
import { useMoment } from '../data/moment.ts';
import { useOperator } from '../data/operator.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Loading } from '../parts/states.tsx';
import { type Act, type ActAnswer, onOpenAct } from './act.ts';
import { ActForm } from './act-form.tsx';
import { ActResult } from './act-result.tsx';
import { type Draft, newKey } from './draft.ts';
import { SignInForm } from './sign-in.tsx';

/** The one place in which acts are shown, done and undone. */
export function ActDialogHost() {
  const [act, setAct] = useState<Act | null>(null);
  useEffect(() => onOpenAct(setAct), []);
  const close = useCallback(() => setAct(null), []);
  return (
    <Dialog isOpen={act !== null} onClose={close} title={act?.title ?? ''}>
      {act !== null && <ActSteps key={`${act.path} ${act.title}`} act={act} onClose={close} />}
    </Dialog>
  );
}

function ActSteps({ act, onClose }: { readonly act: Act; readonly onClose: () => void }) {
  const operator = useOperator();
  const { at } = useMoment();
  const [done, setDone] = useState<ActAnswer | null>(null);
  const [foreseen, setForeseen] = useState<ActAnswer | null>(null);
  // Kept here: whoever has to sign in once more does not write it once more.
  const [draft, setDraft] = useState<Draft>(() => ({
    reason: '',
    chosen: act.choice?.options[0] ?? null,
    key: newKey(),
    isUnsure: false,
  }));
  if (operator === undefined) return <Loading />;
  if (done !== null)
    return <ActResult act={act} answer={{ ...foreseen, ...done }} reason={draft.reason} onClose={onClose} />;
  if (operator === null)
    return (
      <SignInForm
        {...(draft.reason === ''
          ? {}
          : { why: 'The server does not know this browser any more. What you wrote is kept.' })}
        onDone={() => undefined}
      />
    );
  return (
    <>
      {at !== null && (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-warn">
          The page shows the past. This acts on the fleet as it is now.
        </p>
      )}
      <ActForm act={act} draft={draft} onDraft={setDraft} onForeseen={setForeseen} onDone={setDone} onClose={onClose} />
    </>
  );
}
