// Plays every table of every scenario file on coordinators whose log is in memory.

import { CoordinatorStage } from './coordinator-stage.ts';
import { playEveryTable } from './every-table.ts';

playEveryTable({
  name: 'coordinators in memory',
  isCore: false,
  make: () => CoordinatorStage.open({ coordinators: 3 }),
});
