// Not run: the types that the package tells must be those of its sources (npm run check).
import type { InductionPlayground } from '../element/index.ts';
import type { createTrainer } from '../element/trainer.ts';
import type * as told from '../package/index.d.ts';

type Fits<Source extends Told, Told> = Source;
export type Trains = Fits<typeof createTrainer, typeof told.createTrainer>;
export type Shows = Fits<InductionPlayground, Pick<told.InductionPlayground, keyof told.InductionPlayground>>;
