"""Our files in the real packages. Run by tests/interop/run. Test names are the claims."""
import importlib.metadata
import logging
import os
import subprocess
import sys
import unittest

import numpy as np
import torch
from transformer_lens.head_detector import detect_head

from check_import import ImportTest  # noqa: F401  (unittest finds it here)
from support import MODELS, NORMS, POSITIONS, ROOT, TINY, WORST, compare, label, script

# Every position encoding with every norm, tied or not; then shapes that are not the usual ones.
EXPRESSIBLE = [dict(positions=p, norm=n, tied_embedding=t) for p in POSITIONS for n in NORMS for t in (False, True)]
EXPRESSIBLE += [
    dict(positions="alibi", n_heads=4, d_head=3),  # heads narrower than d_model
    dict(positions="rotary", n_layers=3, d_head=12, norm="layer"),  # heads together wider than d_model
    dict(positions="shortformer", n_layers=1, n_heads=1, init_scale=3),
    dict(positions="rotary", n_ctx=64, d_model=32, period_max=24, optimizer="sgd"),
]
UNEQUAL_SLOPES = dict(positions="alibi", n_heads=3, d_head=4)
SMEARED = [dict(positions=p, n_layers=1, smeared_keys=True, norm=n, tied_embedding=t)
           for p, n, t in (("rotary", "none", False), ("learned", "layer", True), ("alibi", "rms", False), ("none", "none", False))]


def rows_for(changes, rows=5):
    knobs = TINY | changes
    return torch.randint(knobs["d_vocab"], (rows, knobs["n_ctx"]), generator=torch.Generator().manual_seed(1))


class HookedTest(unittest.TestCase):
    def test_logits_patterns_and_all_shared_activations_are_a_hooked_transformers(self):
        for changes in EXPRESSIBLE:
            with self.subTest(label(changes)):
                run, tokens = MODELS.trained(**changes), rows_for(changes)
                ours = MODELS.probed(run, tokens)
                logits, cache = script("hooked.py")["load_hooked"](run + "/model.safetensors").run_with_cache(tokens)
                compare("HookedTransformer logits", ours["logits"], logits, max(1, logits.abs().max().item()))
                for layer in range((TINY | {"n_layers": 2} | changes)["n_layers"]):
                    name = f"blocks.{layer}.attn.hook_pattern"
                    compare("HookedTransformer patterns", ours[name], cache[name])
                shared = [n for n in ours if n in cache and not n.endswith("hook_normalized") and not n.endswith("hook_pattern")]
                self.assertIn("blocks.0.hook_resid_post", shared)
                self.assertIn("blocks.0.attn.hook_z", shared)
                for name in shared:
                    finite = cache[name][cache[name].isfinite()]
                    # Our fixed table of positions is one, theirs is repeated for every row.
                    compare("HookedTransformer other activations", ours[name].expand_as(cache[name]), cache[name], max(1, finite.abs().max().item()))

    def test_normalized_is_before_their_weights_and_after_ours(self):
        run = MODELS.trained(positions="rotary", norm="layer", tied_embedding=False)
        tokens, model = rows_for({}), script("hooked.py")["load_hooked"](run + "/model.safetensors")
        ours, (_, cache) = MODELS.probed(run, tokens), model.run_with_cache(tokens)
        for name, norm in (("blocks.0.ln1", model.blocks[0].ln1), ("ln_final", model.ln_final)):
            hook = name + ".hook_normalized"
            self.assertGreater((ours[hook] - cache[hook]).abs().max(), 1e-3)
            compare("norm outputs", ours[hook], (cache[hook] * norm.w + norm.b).detach(), ours[hook].abs().max().item())

    def test_what_it_cannot_express_is_refused_by_the_script(self):
        for changes, sentence in ((SMEARED[0], "no smeared keys"), (UNEQUAL_SLOPES, "other ALiBi slopes")):
            with self.assertRaisesRegex(ValueError, sentence):
                script("hooked.py")["load_hooked"](MODELS.trained(**changes) + "/model.safetensors")


class PlainTest(unittest.TestCase):
    def test_logits_and_patterns_are_plain_pytorchs_smeared_keys_and_all_slopes_included(self):
        plain = script("plain.py")
        for changes in [*EXPRESSIBLE, UNEQUAL_SLOPES, *SMEARED]:
            with self.subTest(label(changes)):
                run, tokens = MODELS.trained(**changes), rows_for(changes)
                ours = MODELS.probed(run, tokens)
                logits, patterns = plain["forward"](*plain["load"](run + "/model.safetensors"), tokens)
                compare("plain PyTorch logits", ours["logits"], logits, max(1, logits.abs().max().item()))
                for layer, pattern in enumerate(patterns):
                    compare("plain PyTorch patterns", ours[f"blocks.{layer}.attn.hook_pattern"], pattern)

    def test_gradients_in_the_probe_file_are_pytorchs(self):
        plain = script("plain.py")
        for changes in (SMEARED[1], dict(positions="shortformer", norm="layer", tied_embedding=False)):
            run, tokens = MODELS.trained(**changes), rows_for(changes)
            ours = MODELS.probed(run, tokens, "--gradients")
            c, p = plain["load"](run + "/model.safetensors")
            for x in p.values():
                x.requires_grad_()
            logits, _ = plain["forward"](c, p, tokens[:, :-1])  # the last position of a short row has no target
            torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()).backward()
            for name, x in p.items():
                compare("gradients", ours["grad." + name], x.grad, max(1e-2, x.grad.abs().max().item()))


class HeadScoresTest(unittest.TestCase):
    """Their detector on our held-out rows against the scores that our core wrote into metrics.jsonl."""

    ROWS = 32  # as many as the core measures on

    def scores(self, changes):
        run = MODELS.trained(**changes)
        tokens = MODELS.probed(run, None, "--rows", self.ROWS)["tokens"].long()
        model = script("hooked.py")["load_hooked"](run + "/model.safetensors")
        model.cfg.n_ctx += 1  # the detector wants rows shorter than the context, although it needs no room
        model.to_tokens = lambda rows: rows  # and text; these are tokens already
        theirs = {head: torch.stack([detect_head(model, row[None], head, error_measure="mul") for row in tokens]).mean(0)
                  for head in ("previous_token_head", "induction_head", "duplicate_token_head")}
        heads = script_metrics(run)[-1]["heads"]
        layers, n = theirs["induction_head"].shape
        ours = {key: torch.tensor([head[key] for head in heads]).reshape(layers, n)
                for key in ("previous_token", "induction", "duplicate_token")}
        return tokens, ours, theirs

    def test_same_numerators_over_the_stated_divisors(self):
        for changes in (dict(positions="rotary", norm="none", tied_embedding=False), dict(positions="shortformer", norm="layer", tied_embedding=True),
                        dict(positions="learned", norm="rms", tied_embedding=False), dict(positions="rotary", n_ctx=64, d_model=32, period_max=24, optimizer="sgd")):
            with self.subTest(label(changes)):
                tokens, ours, theirs = self.scores(changes)
                B, T = tokens.shape
                earlier = torch.tril(tokens[:, :, None] == tokens[:, None, :], -1)  # [b, t, s]: x_s = x_t, s < t
                positions = earlier.any(-1).sum().item()  # key s + 1 <= t follows such an s, so one count serves both
                self.assertTrue(0 < positions < B * T)
                compare("previous_token", ours["previous_token"], theirs["previous_token_head"] * T / (T - 1))
                compare("induction", ours["induction"], theirs["induction_head"] * B * T / positions)
                compare("duplicate_token", ours["duplicate_token"], theirs["duplicate_token_head"] * B * T / positions)
                self.assertGreater((ours["induction"] - theirs["induction_head"]).abs().max(), 1e-3, "the divisors matter")


def script_metrics(run):
    """read_metrics of docs/examples/head_scores.py."""
    names = {"__name__": "head_scores"}
    with open(os.path.join(ROOT, "docs", "examples", "head_scores.py"), encoding="utf-8") as file:
        exec(compile(file.read(), "head_scores.py", "exec"), names)
    return names["read_metrics"](run)


class FilesTest(unittest.TestCase):
    def test_numpy_reads_every_array_of_a_probe(self):
        run = MODELS.trained(positions="rotary", norm="none", tied_embedding=False)
        arrays = {name: x.numpy() for name, x in MODELS.probed(run, None, "--gradients").items()}
        self.assertEqual(arrays["blocks.1.attn.hook_pattern"].shape, (4, 2, 12, 12))
        self.assertEqual({x.dtype for x in arrays.values()}, {np.dtype("float32")})
        np.testing.assert_allclose(arrays["blocks.0.attn.hook_pattern"].sum(-1), 1, atol=1e-6)
        for name in [n for n in arrays if n.startswith("grad.")]:
            self.assertEqual(arrays[name].shape, arrays[name.removeprefix("grad.")].shape, name)

    def test_the_example_draws_the_head_scores(self):
        run, out = MODELS.trained(positions="rotary", norm="none", tied_embedding=False), MODELS.path("scores.png")
        program = os.path.join(ROOT, "docs", "examples", "head_scores.py")
        subprocess.run([sys.executable, program, run, out], check=True)
        with open(out, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")
        self.assertGreater(os.path.getsize(out), 20000, "curves are in it")
        self.assertEqual(subprocess.run([sys.executable, program], capture_output=True).returncode, 1)


def print_figures():
    packages = ("torch", "transformer_lens", "safetensors", "numpy", "matplotlib")
    print("\nPython", sys.version.split()[0], *(f"{name} {importlib.metadata.version(name)}" for name in packages), sep=", ")
    for what, difference in WORST.items():
        print(f"{what:40s} {difference:.1e}")


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    program = unittest.main(exit=False)
    print_figures()
    # A test with several failing models counts once.
    failed = len({getattr(test, "test_case", test).id() for test, _ in program.result.failures + program.result.errors})
    print(f"{program.result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed != 0)
