"""Weights that PyTorch trained, opened by the command line."""
import json
import os
import unittest

import torch
from safetensors.torch import save_file
from transformer_lens import HookedTransformer, HookedTransformerConfig

from support import MODELS, compare, flags, induction, label, script

SIZES = dict(n_layers=2, n_heads=2, d_model=16, d_head=8, d_vocab=8, n_ctx=12)
TASK = dict(period_min=3, period_max=5, batch=8)
STEPS = 60


def repeated_rows(rows, generator):
    """Blocks of 3 to 5 random tokens, tiled to n_ctx + 1: the task `repeat`."""
    blocks = [torch.randint(SIZES["d_vocab"], (3 + i % 3,), generator=generator) for i in range(rows)]
    return torch.stack([block.repeat(5)[:SIZES["n_ctx"] + 1] for block in blocks])


def train(logits_of, parameters):
    """Some steps of AdamW; returns first and last loss."""
    optimizer, generator, losses = torch.optim.AdamW(parameters, lr=0.01), torch.Generator().manual_seed(2), []
    for _ in range(STEPS):
        rows = repeated_rows(16, generator)
        loss = torch.nn.functional.cross_entropy(logits_of(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] - 0.1, losses  # weights that did not move would prove little
    return losses


def hooked_model(positions, norm, biases=False):
    """A HookedTransformer trained by PyTorch. Without biases they stay at the 0 that they start from."""
    torch.manual_seed(3)
    model = HookedTransformer(HookedTransformerConfig(**SIZES, attn_only=True, normalization_type=norm, positional_embedding_type=positions, device="cpu"))
    for name, p in model.named_parameters():
        if ".attn.b_" in name or name == "unembed.b_U":
            p.requires_grad_(biases)
    train(model, [p for p in model.parameters() if p.requires_grad])
    return model


def save(model, path):
    save_file({n: p.detach().contiguous() for n, p in model.named_parameters()}, path)  # as docs/interop.md says


class ImportTest(unittest.TestCase):
    def opened(self, path, **knobs):
        out = os.path.splitext(path)[0]
        induction("import", path, "--out", out, *flags(TASK | knobs))
        return out

    def test_a_hooked_transformer_trained_by_pytorch_gives_its_own_logits_here(self):
        for positions, norm, knobs in (("standard", None, dict(positions="learned", norm="none")), ("shortformer", "LN", dict(positions="shortformer")),
                                       ("rotary", "RMS", dict(positions="rotary", n_ctx=12))):
            with self.subTest(label(knobs)):
                model, path = hooked_model(positions, norm), MODELS.path(f"hooked-{positions}.safetensors")
                save(model, path)
                tokens = repeated_rows(5, torch.Generator().manual_seed(4))[:, :-1]
                logits, cache = model.run_with_cache(tokens)
                ours = MODELS.probed(self.opened(path, **knobs), tokens)
                compare("imported logits", ours["logits"], logits.detach(), max(1, logits.abs().max().item()))
                for name in (f"blocks.{layer}.attn.hook_pattern" for layer in range(2)):
                    compare("imported patterns", ours[name], cache[name].detach())
                self.assertTrue(torch.equal(ours["blocks.1.attn.W_O"], model.blocks[1].attn.W_O))

    def test_a_plain_model_with_smeared_keys_does_too_and_trains_on(self):
        c = dict(n_layers=1, positions="none", norm="none", smeared_keys=True, tied_embedding=True)
        d, h, e, v = (SIZES[name] for name in ("d_model", "n_heads", "d_head", "d_vocab"))
        shapes = {"embed.W_E": (v, d), "blocks.0.attn.W_O": (h, e, d)} | {f"blocks.0.attn.W_{w}": (h, d, e) for w in "QKV"}
        generator = torch.Generator().manual_seed(5)
        p = {name: torch.randn(shape, generator=generator) / d**0.5 for name, shape in shapes.items()} | {"blocks.0.attn.smear_alpha": torch.zeros(h)}
        for x in p.values():
            x.requires_grad_()
        forward = script("plain.py")["forward"]
        train(lambda tokens: forward(c, p, tokens)[0], list(p.values()))
        path, tokens = MODELS.path("plain.safetensors"), repeated_rows(5, generator)[:, :-1]
        save_file({n: x.detach() for n, x in p.items()}, path)
        knobs = dict(positions="none", norm="none", n_ctx=12)
        logits, patterns = forward(c, p, tokens)
        ours = MODELS.probed(self.opened(path, **knobs), tokens)
        compare("imported logits", ours["logits"], logits.detach(), max(1, logits.abs().max().item()))
        compare("imported patterns", ours["blocks.0.attn.hook_pattern"], patterns[0].detach())
        done = json.loads(induction("train", "--from", path, *flags(TASK | knobs | dict(steps=40, lr=0.003))))
        self.assertEqual([done["steps"], done["stopped"]], [40, None])

    def test_trained_biases_are_refused_by_name(self):
        path = MODELS.path("biased.safetensors")
        save(hooked_model("standard", None, biases=True), path)
        sentence = induction("import", path, "--out", MODELS.path("biased"), "--positions", "learned", "--norm", "none", *flags(TASK), refused=True)
        self.assertRegex(sentence, r"b_[QKVOU]' is not all 0, and this model has no biases")

    def test_a_state_dict_with_its_masks_and_half_precision_are_refused_by_name(self):
        model = hooked_model("standard", None)
        for what, tensors, wanted in (("state", model.state_dict(), r"must have dtype F32"),
                                      ("half", {n: p.detach().half() for n, p in model.named_parameters()}, r"must have dtype F32")):
            path = MODELS.path(what + ".safetensors")
            save_file({n: x.contiguous() for n, x in tensors.items()}, path)
            self.assertRegex(induction("import", path, "--out", MODELS.path(what), "--positions", "learned", "--norm", "none", *flags(TASK), refused=True), wanted)
