import { type Act, openAct } from '../actions/act.ts';
import type { Answered } from '../data/api.ts';
import type { SpokenFinding } from '../data/types.ts';
import { AgentLink, ResourceLink } from './go-to.tsx';
import { SeverityBadge } from './severity.tsx';
import { Lasting } from './time.tsx';
import { capital } from './words.ts';

const NAMES = 4;

/** One finding of the diagnosis: the sentence, its evidence, and the act that would help. */
export function FindingCard({
  finding,
  of,
}: {
  readonly finding: SpokenFinding;
  readonly of: Pick<Answered<unknown>, 'receivedMs'>;
}) {
  const { severity, message, evidence, agents, resources, action, others, next, forMs, behind } = finding;
  return (
    <article
      aria-label={message}
      className={`min-w-0 rounded-md border-l-4 bg-raised/60 py-2 pr-3 pl-3 ${BORDER[severity]}`}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <p className="font-medium">{message}</p>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-mute">
            <SeverityBadge severity={severity} />
            {forMs !== null && (
              <span>
                for <Lasting ms={forMs} of={of} />
              </span>
            )}
            {behind > 0 && (
              <span>{behind === 1 ? '1 session waits behind it' : `${behind} sessions wait behind it`}</span>
            )}
          </p>
        </div>
        {action !== null && (
          <button
            type="button"
            className="button button-main max-w-full text-left whitespace-normal"
            onClick={() => openAct(rescueOf(finding, { action }))}
          >
            {capital(action)}
          </button>
        )}
      </div>
      <p className="mt-1.5">{next}</p>
      {others.length > 0 && (
        <p className="mt-1.5 flex flex-wrap items-center gap-2 text-sm">
          <span className="text-mute">Or:</span>
          {others.map((other) => (
            <button
              key={other.do}
              type="button"
              className="button max-w-full py-0.5 text-left whitespace-normal"
              onClick={() => openAct(rescueOf(finding, other))}
            >
              {capital(other.action)}
            </button>
          ))}
        </p>
      )}
      <details className="mt-1 text-sm">
        <summary className="cursor-pointer text-mute">Evidence, and who is concerned</summary>
        <ul className="mt-1 list-disc pl-5">
          {evidence.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <p className="mt-1 flex flex-wrap gap-x-3">
          {agents.slice(0, NAMES).map((id) => (
            <AgentLink key={id} id={id} />
          ))}
          {resources.slice(0, NAMES).map((name) => (
            <ResourceLink key={name} name={name} />
          ))}
        </p>
      </details>
    </article>
  );
}

const BORDER = { info: 'border-info', warning: 'border-warn', critical: 'border-bad' } as const;

interface Advice {
  readonly action: string;
  readonly do?: string | null;
  readonly to?: readonly string[];
}

function rescueOf({ id, message }: SpokenFinding, { action, do: kind, to = [] }: Advice): Act {
  return {
    title: capital(action),
    means: `${message} The finding is proved once more before anything is done.`,
    verb: 'Do it',
    path: '/v1/rescue',
    body: { finding: id, ...(kind == null ? {} : { do: kind }) },
    ...(to.length === 0 ? {} : { choice: { title: 'Who gets it', member: 'to', options: to } }),
    isGrave: true,
  };
}
