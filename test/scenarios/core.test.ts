// Plays every table of every scenario file on the core alone: rules without a coordinator, a store or a clock around them.

import { CoreStage } from './core-stage.ts';
import { playEveryTable } from './every-table.ts';

playEveryTable({ name: 'the core', isCore: true, make: async () => new CoreStage() });
