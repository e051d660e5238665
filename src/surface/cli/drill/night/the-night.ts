// The script: the scenes in the order of that night.

import { talliedIn } from '../report/tally.ts';
import { theCrossing } from './crossing-scene.ts';
import { everybodyJoins, everybodyWorks, work } from './evening.ts';
import { theFreeze } from './freeze.ts';
import { theLoss } from './loss.ts';
import { PACES, type Stage } from './stage.ts';

/** Throws a `SceneFault` when something that must come does not. */
export async function theNight(stage: Stage): Promise<void> {
  await everybodyJoins(stage);
  await everybodyWorks(stage);
  await theFreeze(stage);
  await theLoss(stage);
  await work(stage, 'late', () => PACES.steady);
  await declareClosed(stage);
  await theCrossing(stage);
}

/** That night it was declared closed with "no data loss", and nobody had counted. */
async function declareClosed(stage: Stage): Promise<void> {
  const { journals, metadata } = await stage.tallyNow();
  const { made, kept } = talliedIn(journals, metadata);
  const what = `${kept} of ${made} updates are in the file`;
  await stage.mark('00:30', what);
  stage.tell(`Counted before it is declared closed: ${what}`, kept === made ? 'good' : 'bad');
}
