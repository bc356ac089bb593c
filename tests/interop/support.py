"""What the checks share: the command line, the scripts of docs/interop.md, small models."""
import json
import os
import re
import subprocess
import tempfile

import torch

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INDUCTION = os.environ["INDUCTION"]
TOLERANCE = 1e-5  # of logits relative to the largest logit, and of patterns and scores: float32 sums in another order

TINY = dict(n_heads=2, d_model=16, d_vocab=8, n_ctx=12, batch=8, period_min=3, period_max=5, steps=150, probe_every=50)

POSITIONS = ("rotary", "learned", "sinusoidal", "shortformer", "alibi", "none")
NORMS = ("none", "rms", "layer")


def script(name):
    """The names that a script of docs/interop.md defines. It is found by its first line, '# NAME: …'."""
    with open(os.path.join(ROOT, "docs", "interop.md"), encoding="utf-8") as file:
        code = re.search(r"```python\n(# " + re.escape(name) + r": .*?)```", file.read(), re.S).group(1)
    names = {}
    exec(compile(code, name, "exec"), names)
    return names


def induction(*arguments, refused=False):
    """Runs the command line; returns stdout, or the sentence of a refusal that was expected."""
    done = subprocess.run([INDUCTION, *map(str, arguments)], capture_output=True, text=True)
    if refused:
        assert done.returncode == 2, (arguments, done)
        return done.stderr
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def flags(knobs):
    return [word for name, value in knobs.items() for word in (f"--{name}", str(value).lower() if isinstance(value, bool) else value)]


def label(knobs):
    return " ".join(f"{name}={value}" for name, value in knobs.items())


class Models:
    """Trained on demand, once each, into a folder that vanishes."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.known = {}

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def trained(self, **changes):
        key = label(changes)
        if key not in self.known:
            self.known[key] = self.path(f"run{len(self.known)}")
            induction("train", "--out", self.known[key], *flags(TINY | changes))
        return self.known[key]

    def probed(self, run, tokens=None, *more):
        """Activations as torch tensors; tokens [b, t] or the held-out rows."""
        out, rows = self.path("probe.safetensors"), []
        if tokens is not None:
            rows = ["--tokens", self.path("tokens.json")]
            with open(rows[1], "w", encoding="utf-8") as file:
                json.dump(tokens.tolist(), file)
        arrays = script("arrays.py")["activations"](run, out, *rows, *map(str, more), induction=INDUCTION)
        return {name: torch.tensor(values) for name, values in arrays.items()}


MODELS = Models()
WORST = {}  # what was compared -> largest difference, printed at the end


def compare(what, ours, theirs, scale=1.0):
    """Asserts |ours - theirs| <= TOLERANCE · scale everywhere, infinities equal, and notes the largest difference."""
    assert ours.shape == theirs.shape, (what, ours.shape, theirs.shape)
    same = ours == theirs
    difference = torch.where(same, torch.zeros_like(ours), (ours - theirs).abs()).max().item() / scale
    WORST[what] = max(WORST.get(what, 0.0), difference)
    assert difference <= TOLERANCE, (what, difference)
