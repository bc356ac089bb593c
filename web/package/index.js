// The element is defined by being imported; in Node, where there are no elements, importing it does nothing.
export { InductionPlayground } from './dist/induction-playground.js';
export { createTrainer } from './dist/trainer.js';
