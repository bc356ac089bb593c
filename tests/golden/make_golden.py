#!/usr/bin/python3
"""Golden arrays from an independent PyTorch implementation of docs/maths.md.

Bracketed numbers cite the equations there. Everything is computed in float64 from weights that were first
rounded to float32, and stored as float32.   make_golden.py [--check]
Without arguments: writes tests/golden/*.safetensors. --check: also prints how far plain float32 PyTorch is from
the stored values and compares some gradients with central differences.
"""
import json
import math
import os
import struct
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TRAIN_STEPS = 10

BASE = dict(seed=1, n_layers=2, n_heads=2, d_model=8, d_head=4, d_vocab=7, n_ctx=8, batch=3, positions="rotary",
            norm="none", smeared_keys=False, tied_embedding=False, init_scale=1.2, optimizer="adamw", lr=0.01,
            beta1=0.9, beta2=0.99, momentum=0.0, weight_decay=0.0, warmup_steps=0, schedule="constant",
            grad_clip=0.0, task="repeat", period_min=2, period_max=4, steps=TRAIN_STEPS)
# Knobs that came later: written into a case's config only where they differ.
LATER = dict(d_mlp=0, bidirectional=False, start_token=False, frozen_q=False, frozen_v=False, frozen_embedding=False,
             frozen_norm=False)

CASES = {
    "rotary_adamw_cosine": dict(weight_decay=0.1, warmup_steps=3, schedule="cosine"),
    "learned_sgd_linear": dict(positions="learned", optimizer="sgd", momentum=0.9, lr=0.05, schedule="linear"),
    "sinusoidal_rms_adam_wd": dict(positions="sinusoidal", d_head=2, norm="rms", init_scale=1.4, optimizer="adam",
                                   weight_decay=0.1, beta2=0.95),
    "shortformer_layer_adamw": dict(positions="shortformer", norm="layer", init_scale=1.4, warmup_steps=2,
                                    schedule="linear", weight_decay=0.01),
    "alibi3_sgd_wd": dict(positions="alibi", n_layers=1, n_heads=3, d_model=10, n_ctx=9, optimizer="sgd",
                          momentum=0.5, lr=0.05, weight_decay=0.1, warmup_steps=4, schedule="cosine", steps=12),
    "none_rms_1layer_sgd": dict(positions="none", n_layers=1, n_heads=3, norm="rms", init_scale=1.4, optimizer="sgd",
                                lr=0.1, grad_clip=50.0),
    "rotary_smeared_rms_sgd_clip": dict(norm="rms", smeared_keys=True, init_scale=1.4, optimizer="sgd", momentum=0.9,
                                        lr=0.2, grad_clip=0.25),
    "rotary_adamw_clip": dict(n_layers=1, n_heads=3, d_model=10, n_ctx=9, grad_clip=0.55, weight_decay=0.1, lr=0.02),
    "learned_smeared_adam_cosine": dict(positions="learned", smeared_keys=True, n_layers=1, n_heads=3,
                                        optimizer="adam", schedule="cosine", warmup_steps=3),
    "tied_rotary_adamw_linear": dict(tied_embedding=True, schedule="linear", weight_decay=0.1, beta2=0.999),
    "tied_learned_layer_smeared_sgd": dict(positions="learned", norm="layer", smeared_keys=True, tied_embedding=True,
                                           n_layers=1, init_scale=1.4, optimizer="sgd", momentum=0.9, lr=0.05,
                                           weight_decay=0.02, warmup_steps=2),
    "rotary_layer_3layers_adam": dict(n_layers=3, d_head=2, norm="layer", init_scale=1.4, optimizer="adam", beta1=0.8),
    "alibi_smeared_tied_adamw": dict(positions="alibi", smeared_keys=True, tied_embedding=True,
                                     schedule="linear", warmup_steps=1),
    "mlp_layer_adamw": dict(positions="learned", norm="layer", d_mlp=5, init_scale=1.4, n_layers=1, n_heads=1,
                            weight_decay=0.1),
    "mlp_t5_bidirectional_start_sgd": dict(positions="t5", d_mlp=6, bidirectional=True, start_token=True, n_layers=1,
                                           optimizer="sgd", momentum=0.9, lr=0.05, n_ctx=11, grad_clip=0.1),
    "t5_smeared_adam": dict(positions="t5", smeared_keys=True, norm="rms", init_scale=1.4, n_ctx=24, n_layers=1,
                            batch=2, optimizer="adam", schedule="cosine"),
    "alibi_bidirectional_frozen_adamw": dict(positions="alibi", bidirectional=True, norm="rms", init_scale=1.4,
                                             n_layers=1, frozen_embedding=True, frozen_q=True, frozen_v=True,
                                             frozen_norm=True, weight_decay=0.1, grad_clip=0.05),
}
# Asserted: the gradient norm exceeds grad_clip in every step (True), in some, or (False, and cases not named) in none.
CLIPPED = {"none_rms_1layer_sgd": False, "rotary_smeared_rms_sgd_clip": True, "rotary_adamw_clip": "some",
           "mlp_t5_bidirectional_start_sgd": True, "alibi_bidirectional_frozen_adamw": True}
BUCKETS, MOST = 32, 128  # (52)


# ---------------------------------------------------------------- parameters and data

def parameter_shapes(c):
    """Trained tensors in TransformerLens names, in model order."""
    d, h, e, v = c["d_model"], c["n_heads"], c["d_head"], c["d_vocab"] + c["start_token"]
    shapes = {"embed.W_E": (v, d)}
    if c["positions"] in ("learned", "shortformer"):
        shapes["pos_embed.W_pos"] = (c["n_ctx"], d)

    def add_norm(name):
        if c["norm"] != "none":
            shapes[name + ".w"] = (d,)
        if c["norm"] == "layer":
            shapes[name + ".b"] = (d,)

    for l in range(c["n_layers"]):
        add_norm(f"blocks.{l}.ln1")
        for w in "QKV":
            shapes[f"blocks.{l}.attn.W_{w}"] = (h, d, e)
        shapes[f"blocks.{l}.attn.W_O"] = (h, e, d)
        if c["smeared_keys"]:
            shapes[f"blocks.{l}.attn.smear_alpha"] = (h,)
        if c["positions"] == "t5":
            shapes[f"blocks.{l}.attn.rel_pos_bias.weight"] = (BUCKETS, h)
        if c["d_mlp"]:
            add_norm(f"blocks.{l}.ln2")
            for w, shape in (("in", (d, c["d_mlp"])), ("out", (c["d_mlp"], d))):
                shapes[f"blocks.{l}.mlp.W_{w}"], shapes[f"blocks.{l}.mlp.b_{w}"] = shape, shape[1:]
    add_norm("ln_final")
    if not c["tied_embedding"]:
        shapes["unembed.W_U"] = (d, v)
    return shapes


def initial_values(c, rng):
    """(11), but norm weights, biases and alphas are moved off 1 and 0 so that every gradient is exercised."""
    values = {}
    for name, shape in parameter_shapes(c).items():
        x = rng.randn(*shape)
        if name.endswith(".w"):
            x = 1 + 0.3 * x
        elif name.endswith((".b", ".b_in", ".b_out")):
            x = 0.3 * x
        elif not name.endswith("smear_alpha"):
            x = x * c["init_scale"] / math.sqrt(c["d_model"])
        values[name] = x.astype(np.float32)
    return values


def draw_tokens(c, rng):
    """Row b < batch - 1 repeats with period 3 + b; the last row is uniform."""
    n = c["n_ctx"] + 1
    rows = [np.resize(rng.randint(0, c["d_vocab"], 3 + b), n) for b in range(c["batch"] - 1)]
    rows.append(rng.randint(0, c["d_vocab"], n))
    tokens = np.stack(rows).astype(np.int32)
    if c["start_token"]:
        tokens = np.concatenate([np.full((c["batch"], 1), c["d_vocab"], np.int32), tokens[:, :-1]], 1)
    return tokens


# ---------------------------------------------------------------- model

def sinusoidal(n_ctx, d_model, dtype):  # (2)
    w = np.zeros((n_ctx, d_model))
    for t in range(n_ctx):
        for i in range(d_model // 2):
            angle = t / 10000 ** (2 * i / d_model)
            w[t, 2 * i], w[t, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return torch.tensor(w, dtype=dtype)


def normed(c, p, name, x):  # (3)
    if c["norm"] == "none":
        return x
    if c["norm"] == "layer":
        x = x - x.mean(-1, keepdim=True)
    y = x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5) * p[name + ".w"]
    return y + p[name + ".b"] if c["norm"] == "layer" else y


def smeared(k, alpha):  # (5); k [b,t,h,e]
    keep = torch.sigmoid(alpha)[None, None, :, None]
    return torch.cat([k[:, :1], keep * k[:, 1:] + (1 - keep) * k[:, :-1]], 1)


def rotated(x):  # (6); x [b,t,h,e]
    n = x.shape[-1] // 2
    theta = 10000.0 ** (-torch.arange(n, dtype=torch.float64) / n)
    angle = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * theta
    cos, sin = (f(angle).to(x.dtype)[None, :, None, :] for f in (torch.cos, torch.sin))
    a, b = x[..., :n], x[..., n:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def alibi_slopes(n_heads):  # (7)
    def of_power(n):
        return [2.0 ** (-8 * (h + 1) / n) for h in range(n)]

    p = 2 ** int(math.floor(math.log2(n_heads)))
    return of_power(p) + of_power(2 * p)[0::2][:n_heads - p]


def relative_buckets(c, distance):  # (52); distance = q - k
    n = BUCKETS // 2 if c["bidirectional"] else BUCKETS
    size = distance.abs() if c["bidirectional"] else distance.clamp(min=0)
    wide = n // 2 + (torch.log(size.clamp(min=1).double() / (n // 2)) / math.log(MOST / (n // 2)) * (n - n // 2) + 1e-9).long()
    bucket = torch.where(size < n // 2, size, wide.clamp(max=n - 1))
    return bucket + n * (distance < 0) if c["bidirectional"] else bucket


def frozen(c, name):  # (59)
    groups = {"frozen_embedding": ("embed.", "pos_embed.", ".rel_pos_bias."), "frozen_q": (".W_Q",), "frozen_v": (".W_V",),
              "frozen_norm": (".ln1.", ".ln2.", "ln_final.")}
    return any(c[knob] and any(part in name for part in parts) for knob, parts in groups.items()) and "unembed" not in name


def forward(c, p, tokens):
    """(1)-(10), (12). Returns logits [b,t,v], loss [b,t] and the list of patterns [b,h,q,k]."""
    T = c["n_ctx"]
    x_in, x_next = tokens[:, :T], tokens[:, 1:]
    resid = p["embed.W_E"][x_in]
    if c["positions"] == "learned":
        resid = resid + p["pos_embed.W_pos"]
    if c["positions"] == "sinusoidal":
        resid = resid + sinusoidal(T, c["d_model"], resid.dtype)
    distance = torch.arange(T)[:, None] - torch.arange(T)[None, :]  # q - k
    patterns = []
    for l in range(c["n_layers"]):
        name = f"blocks.{l}.attn."
        a = normed(c, p, f"blocks.{l}.ln1", resid)
        a_qk = a + p["pos_embed.W_pos"] if c["positions"] == "shortformer" else a
        q = torch.einsum("btd,hde->bthe", a_qk, p[name + "W_Q"])
        k = torch.einsum("btd,hde->bthe", a_qk, p[name + "W_K"])
        v = torch.einsum("btd,hde->bthe", a, p[name + "W_V"])
        if c["smeared_keys"]:
            k = smeared(k, p[name + "smear_alpha"])
        if c["positions"] == "rotary":
            q, k = rotated(q), rotated(k)
        scores = torch.einsum("bqhe,bkhe->bhqk", q, k) / math.sqrt(c["d_head"])
        if c["positions"] == "alibi":
            slopes = torch.tensor(alibi_slopes(c["n_heads"]), dtype=resid.dtype)
            scores = scores - slopes[:, None, None] * distance.abs()
        if c["positions"] == "t5":  # (51)
            scores = scores + p[name + "rel_pos_bias.weight"][relative_buckets(c, distance)].permute(2, 0, 1)
        if not c["bidirectional"]:  # (53)
            scores = scores.masked_fill(distance < 0, -math.inf)
        pattern = torch.softmax(scores, -1)
        patterns.append(pattern)
        z = torch.einsum("bhqk,bkhe->bqhe", pattern, v)
        resid = resid + torch.einsum("bqhe,hed->bqd", z, p[name + "W_O"])
        if c["d_mlp"]:  # (48), (49)
            mlp = f"blocks.{l}.mlp."
            pre = normed(c, p, f"blocks.{l}.ln2", resid) @ p[mlp + "W_in"] + p[mlp + "b_in"]
            resid = resid + torch.nn.functional.gelu(pre, approximate="tanh") @ p[mlp + "W_out"] + p[mlp + "b_out"]
    w_u = p["embed.W_E"].T if c["tied_embedding"] else p["unembed.W_U"]
    logits = normed(c, p, "ln_final", resid) @ w_u
    loss = torch.logsumexp(logits, -1) - logits.gather(-1, x_next[..., None])[..., 0]
    return logits, loss, patterns


# ---------------------------------------------------------------- training

def rate(c, s):  # (16)
    if s < c["warmup_steps"]:
        return c["lr"] * (s + 1) / c["warmup_steps"]
    f = min(1.0, max(0.0, (s - c["warmup_steps"]) / (c["steps"] - c["warmup_steps"])))
    return c["lr"] * {"constant": 1.0, "linear": 1 - f, "cosine": (1 + math.cos(math.pi * f)) / 2}[c["schedule"]]


def make_optimizer(c, params):  # (14), (15): PyTorch's own
    if c["optimizer"] == "sgd":
        return torch.optim.SGD(params, lr=c["lr"], momentum=c["momentum"], weight_decay=c["weight_decay"])
    cls = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[c["optimizer"]]
    return cls(params, lr=c["lr"], betas=(c["beta1"], c["beta2"]), eps=1e-8, weight_decay=c["weight_decay"])


def train(c, p, tokens):
    """Ten steps on the same tokens, in place. Returns the gradient norm before clipping, per step."""
    trained = {name: x for name, x in p.items() if not frozen(c, name)}
    optimizer = make_optimizer(c, list(trained.values()))
    norms = []
    for s in range(TRAIN_STEPS):
        for x in p.values():
            x.grad = None
        forward(c, p, tokens)[1].mean().backward()
        norm = math.sqrt(sum(float((x.grad ** 2).sum()) for x in trained.values()))
        norms.append(norm)
        if c["grad_clip"] > 0:  # (13), without the 1e-6 of clip_grad_norm_
            for x in trained.values():
                x.grad.mul_(min(1.0, c["grad_clip"] / norm))
        for group in optimizer.param_groups:
            group["lr"] = rate(c, s)
        optimizer.step()
    return norms


def leaves(values, dtype):
    return {n: torch.tensor(x, dtype=dtype, requires_grad=True) for n, x in values.items()}


def compute(c, init, tokens_i32, dtype=torch.float64):
    """Every stored array but init and tokens, as float64 numpy; and the gradient norms."""
    p, tokens = leaves(init, dtype), torch.tensor(tokens_i32, dtype=torch.int64)
    logits, loss, patterns = forward(c, p, tokens)
    out = {"logits": logits, "loss": loss}
    out.update({f"pattern.{l}": x for l, x in enumerate(patterns)})
    loss.mean().backward()
    out.update({f"grad.{n}": x.grad * (not frozen(c, n)) for n, x in p.items()})
    norms = train(c, p, tokens)
    out.update({f"after10.{n}": x for n, x in p.items()})
    return {n: x.detach().numpy().astype(np.float64) for n, x in out.items()}, norms


# ---------------------------------------------------------------- files

def write_safetensors(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for name, x in tensors.items():
        dtype = {"float32": "F32", "int32": "I32"}[str(x.dtype)]
        header[name] = {"dtype": dtype, "shape": list(x.shape), "data_offsets": [at, at + x.nbytes]}
        at += x.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for x in tensors.values():
            f.write(np.ascontiguousarray(x).astype(x.dtype.newbyteorder("<")).tobytes())


def relative(a, b):
    """Largest difference over the largest entry."""
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30))


def check_gradients(c, init, tokens_i32, out):
    """Central differences in float64 of the largest entry and one random entry of every gradient."""
    tokens, rng, worst = torch.tensor(tokens_i32, dtype=torch.int64), np.random.RandomState(0), 0.0
    for name in init:
        if frozen(c, name):
            continue
        g = out["grad." + name].ravel()
        assert np.abs(g).max() > 1e-4, (name, "gradient not exercised")
        for i in (int(np.abs(g).argmax()), rng.randint(g.size)):
            ends = []
            for step in (1e-5, -1e-5):
                x = {n: v.astype(np.float64).copy() for n, v in init.items()}
                x[name].ravel()[i] += step
                with torch.no_grad():
                    ends.append(float(forward(c, leaves(x, torch.float64), tokens)[1].mean()))
            worst = max(worst, abs((ends[0] - ends[1]) / 2e-5 - g[i]) / np.abs(g).max())
    return worst


def main():
    check, total = "--check" in sys.argv, 0
    torch.set_num_threads(1)
    for index, (case, changes) in enumerate(CASES.items()):
        c = dict(BASE, seed=index + 1, **changes)
        written, c = c, dict(LATER, **c)
        rng = np.random.RandomState(100 + index)
        init, tokens = initial_values(c, rng), draw_tokens(c, rng)
        out, norms = compute(c, init, tokens)
        clips = [c["grad_clip"] > 0 and n > c["grad_clip"] for n in norms]
        kind = True if all(clips) else "some" if any(clips) else False
        assert kind == CLIPPED.get(case, False), (case, kind, norms)
        tensors = {"init." + n: x for n, x in init.items()}
        tensors["tokens"] = tokens
        tensors.update({n: x.astype(np.float32) for n, x in out.items()})
        path = os.path.join(HERE, case + ".safetensors")
        write_safetensors(path, tensors, {"config": json.dumps(written, separators=(",", ":")), "case": case})
        total += os.path.getsize(path)
        print(f"{case:32s} {os.path.getsize(path):6d} bytes  loss {out['loss'].mean():.4f}  clipped {kind}")
        if check:
            single, _ = compute(c, init, tokens, torch.float32)
            groups = ("logits", "loss", "pattern", "grad", "after10")
            far = [max(relative(single[n], out[n]) for n in out if n.split(".")[0] == g) for g in groups]
            print("    float32:", "  ".join(f"{g} {x:.1e}" for g, x in zip(groups, far)),
                  f" central differences {check_gradients(c, init, tokens, out):.1e}")
    print(total, "bytes")
    assert total < 260_000


if __name__ == "__main__":
    main()
