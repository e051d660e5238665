import type { IncidentReport } from '../../data/types.ts';
import { Panel } from '../../parts/panel.tsx';
import { SeqLink } from './seq-link.tsx';

export function Causes({ causes }: Pick<IncidentReport, 'causes'>) {
  return (
    <Panel title="Root cause">
      {causes.length === 0 && <p className="text-mute">The log does not tell.</p>}
      <ol className="grid gap-3">
        {causes.map(({ code, text, evidence, notKnown }, index) => (
          <li key={`${code} ${text}`}>
            <p className="font-medium">
              {index > 0 && <span className="font-normal text-mute">Perhaps: </span>}
              {text}
            </p>
            <ul className="mt-1 list-disc pl-5">
              {evidence.map((each) => (
                <li key={each.text}>
                  {each.text}{' '}
                  {each.seqs.slice(0, SEQS).map((seq) => (
                    <SeqLink key={seq} seq={seq} />
                  ))}
                </li>
              ))}
            </ul>
            {notKnown !== null && <p className="mt-1 text-mute">Not known: {notKnown}</p>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const SEQS = 4;
