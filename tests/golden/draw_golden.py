#!/usr/bin/python3
"""Models that nobody chose, as golden arrays of PyTorch in float64 (make_golden.py has the model): any option, small sizes.
draw_golden.py NUMBER FOLDER, then INDUCTION_DRAWN=FOLDER induction_tests.
"""
import os
import sys

import numpy as np
import torch

from make_golden import BASE, LATER, compute, draw_tokens, draw_weights, frozen, initial_values, parameter_shapes, relative, write_case


def drawn(number):
    """A configuration with any option this file knows, in small sizes, valid for the core; None where all would be frozen."""
    r = np.random.RandomState(number)

    def pick(*options):
        return options[r.randint(len(options))]

    def chance(p):
        return bool(r.rand() < p)

    def size(low, high):
        return int(r.randint(low, high + 1))

    c = dict(BASE, **LATER)
    c.update(seed=size(0, 10 ** 9), n_layers=size(1, 3), n_heads=size(1, 5), d_model=size(8, 24), d_head=size(1, 15), d_vocab=size(2, 23),
             n_ctx=size(8, 39), batch=size(1, 6), positions=pick("rotary", "learned", "sinusoidal", "shortformer", "alibi", "none", "t5"),
             norm=pick("none", "rms", "layer"), smeared_keys=chance(0.3), tied_embedding=chance(0.3), d_mlp=pick(0, 0, 5, 17),
             start_token=chance(0.25), init_scale=r.uniform(0.5, 1.3), dropout=pick(0.0, 0.0, 0.0, 0.3),
             attention_dropout=pick(0.0, 0.0, 0.0, 0.25), loss_kind=pick("cross_entropy", "cross_entropy", "brier"),
             label_smoothing=pick(0.0, 0.0, 0.15), optimizer=pick("sgd", "adam", "adamw", "lion", "muon"), lr=10 ** r.uniform(-3.5, -1.5),
             beta1=pick(0.9, 0.5, 0.0, 0.95), beta2=pick(0.99, 0.9, 0.999), momentum=pick(0.0, 0.5, 0.9), weight_decay=pick(0.0, 0.01, 0.5),
             warmup_steps=pick(0, 0, 3, 20), schedule=pick("constant", "linear", "cosine"), grad_clip=pick(0.0, 0.0, 0.05, 1.0),
             steps=size(25, 40))
    c.update({knob: chance(0.1) for knob in c if knob.startswith("frozen_")})
    if c["positions"] == "rotary":
        c["d_head"] *= 2
    if chance(0.25):
        c.update(bidirectional=True, objective="query")
    return None if all(frozen(c, name) for name in parameter_shapes(c)) else c


def write_drawn(count, folder):
    for number in range(count):
        c = drawn(number)
        if c is None:
            continue
        rng = np.random.RandomState(10 ** 6 + number)
        init, tokens = initial_values(c, rng), draw_tokens(c, rng)
        weights = draw_weights(c, rng) if number % 3 == 0 else None
        if weights is not None and not np.isfinite(weights).all():
            continue  # every position was left out
        out, _ = compute(c, init, tokens, weights)
        single, _ = compute(c, init, tokens, weights, torch.float32)
        steps = [n for n in out if n.startswith("after10.")]
        # Where single precision parts from double by itself, ten steps tell nothing about ours.
        if not max(relative(single[n], out[n]) for n in steps) <= 1e-5:
            out = {n: x for n, x in out.items() if n not in steps}
        write_case(os.path.join(folder, f"{number}.safetensors"), c, str(number), init, tokens, weights, out)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_drawn(int(sys.argv[1]), sys.argv[2])
