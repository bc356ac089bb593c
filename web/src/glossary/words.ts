// The glossary: every term of the page once, in words that need no other book.

export interface Term {
  /** As it is listed. */
  name: string;
  /** Other spellings in which texts have it; case does not matter. */
  also?: string[];
  /** So common that texts are calmer when it is not marked in them. */
  listed_only?: true;
  text: string;
}

export const glossary: Record<string, Term> = {
  ablation: {
    name: 'ablation',
    also: ['ablate', 'ablated'],
    text: 'Taking a head’s output out of the model (or setting it to its mean) to see what the model loses without it.',
  },
  adamw: {
    name: 'AdamW',
    text: 'The usual optimiser: it scales each parameter’s step by how large its gradients have been.',
  },
  attention: {
    name: 'attention',
    text: 'How a head gathers information: at each token it spreads a weight of 1 over that token and the earlier ones, and adds up what they hold.',
  },
  batch: {
    name: 'batch',
    text: 'The sequences of one training step; the model is nudged by what they say on average.',
  },
  bigram: {
    name: 'bigram',
    also: ['bigrams'],
    text: 'A pair of neighbouring tokens; knowing bigrams is knowing what usually follows what.',
  },
  burstiness: {
    name: 'burstiness',
    also: ['bursty'],
    text: 'Tokens that come in clusters: once one has appeared it is likely to come again soon, as names do in a story.',
  },
  checkpoint: {
    name: 'checkpoint',
    also: ['checkpoints'],
    text: 'Everything a run needs to go on, to the bit, from one of its steps.',
  },
  circuit: {
    name: 'circuit',
    also: ['induction circuit'],
    text: 'Parts of a model that do one job together; here a previous-token head and an induction head.',
  },
  composition: {
    name: 'composition',
    also: ['K-composition', 'Q-composition', 'V-composition'],
    text: 'A later head reading what an earlier head wrote, as its query (Q), its key (K) or its value (V).',
  },
  duplicate_token: {
    name: 'duplicate-token head',
    also: ['duplicate token'],
    text: 'A head that looks at earlier copies of the present token itself.',
  },
  embedding: {
    name: 'embedding',
    text: 'The vector that stands for a token (or a position) inside the model.',
  },
  entropy: { name: 'entropy', text: 'How spread out attention is, in nats: 0 when a head looks at one token only.' },
  first_token: {
    name: 'first-token sink',
    also: ['first token', 'sink'],
    text: 'A head that rests on the first token when it has nothing to do.',
  },
  gradient: {
    name: 'gradient',
    also: ['gradients'],
    text: 'Which way, and how strongly, each parameter should move for the loss to fall.',
  },
  head: {
    name: 'head',
    listed_only: true,
    text: 'One of several independent readers inside a layer, each with an attention pattern of its own. Head 1.3 is head 3 of layer 1.',
  },
  in_context: {
    name: 'in-context learning',
    also: ['in context'],
    text: 'Predicting better from what stands earlier in the same sequence, with no change to the weights.',
  },
  induction_head: {
    name: 'induction head',
    also: ['induction heads'],
    text: 'A head that finds an earlier copy of the present token and looks at what followed it, so that the model can predict that it follows again.',
  },
  induction_target: {
    name: 'induction target',
    also: ['induction targets'],
    text: 'A token that follows an earlier copy of the present one: where an induction head should look.',
  },
  layer: {
    name: 'layer',
    also: ['layers'],
    text: 'Heads that read at the same time. What layer 0 writes, layer 1 can read, and not the other way round.',
  },
  layer_norm: { name: 'layer norm', text: 'Scaling a vector to a fixed size before a layer reads it.' },
  learning_rate: {
    name: 'learning rate',
    text: 'How far the parameters move in one training step. Too high and the numbers run away; too low and nothing forms.',
  },
  logit: {
    name: 'logit',
    also: ['logits'],
    text: 'The score a model gives to each possible next token; softmax turns them into probabilities.',
  },
  loss: {
    name: 'loss',
    text: 'What the true next token costs on average, in nats: minus the logarithm of the probability the model gave it.',
  },
  markov_chain: {
    name: 'Markov chain',
    also: ['Markov chains'],
    text: 'A sequence in which the next token depends on the present one only.',
  },
  momentum: { name: 'momentum', text: 'Steps that keep some of the direction of the steps before.' },
  nats: {
    name: 'nats',
    also: ['nat'],
    text: 'Units of surprise with the natural logarithm: 0 is certainty, ln 2 = 0.69 a fair coin, ln 16 = 2.77 a blind guess among 16.',
  },
  onset: {
    name: 'onset',
    text: 'The first measured step at which some head plays a role clearly.',
  },
  period: {
    name: 'period',
    also: ['periods'],
    text: 'Length of the block that repeats: token t is a copy of token t minus the period.',
  },
  plateau: { name: 'plateau', text: 'A stretch of training in which the loss hardly falls.' },
  positions: {
    name: 'positions',
    also: ['rotary', 'alibi', 'sinusoidal'],
    text: 'How the model knows where a token stands: turning queries and keys (rotary), a penalty on distance (alibi), or added vectors (learned, sinusoidal).',
  },
  previous_token_head: {
    name: 'previous-token head',
    also: ['previous token', 'previous-token heads'],
    text: 'A head that looks one token back and leaves a note at each token saying what stood before it.',
  },
  query_key: {
    name: 'query and key',
    listed_only: true,
    text: 'At each token a head asks (query) and offers (key); it looks where the two match.',
  },
  residual_stream: {
    name: 'residual stream',
    text: 'The vector at each token that all layers read from and add to.',
  },
  score: {
    name: 'score',
    listed_only: true,
    text: 'How well a head plays a role, from 0 to 1: the share of its attention that goes where that role says.',
  },
  seed: {
    name: 'seed',
    also: ['seeds'],
    text: 'The number that all randomness comes from: the same seed and settings give the same run, to the bit.',
  },
  sgd: { name: 'SGD', text: 'The plainest optimiser: each parameter moves along its gradient.' },
  shortcut: {
    name: 'shortcut',
    also: ['shortcuts'],
    text: 'Predicting well for a reason other than the intended one, such as knowing a fixed distance by heart.',
  },
  signature: {
    name: 'signature',
    text: 'A short hash of all parameters, the optimiser’s memory and the step; two runs that have the same one are the same.',
  },
  smeared_keys: {
    name: 'smeared keys',
    also: ['smeared'],
    text: 'Each key mixed with the key before it, so that one layer alone can find what followed an earlier copy.',
  },
  softmax: { name: 'softmax', text: 'Turns any numbers into shares that add up to 1, the largest getting the most.' },
  step: { name: 'step', listed_only: true, text: 'One update of the model’s parameters from one batch of sequences.' },
  token: {
    name: 'token',
    listed_only: true,
    text: 'The unit a model reads: here a letter or a number out of a small vocabulary.',
  },
  vocabulary: { name: 'vocabulary', text: 'All tokens there are.' },
  warm_up: {
    name: 'warm-up',
    also: ['warmup'],
    text: 'The first steps of training, in which the learning rate rises from 0.',
  },
  weight_decay: {
    name: 'weight decay',
    text: 'A steady pull of all parameters towards 0.',
  },
  zipf: {
    name: 'Zipf’s law',
    also: ['Zipf', 'Zipfian'],
    text: 'Few tokens are very common and most are rare, as words are.',
  },
};
