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
LATER = dict(d_mlp=0, bidirectional=False, start_token=False, frozen_q=False, frozen_k=False, frozen_v=False, frozen_o=False,
             frozen_embedding=False, frozen_unembedding=False, frozen_norm=False, frozen_mlp=False, dropout=0.0, attention_dropout=0.0,
             loss_kind="cross_entropy", label_smoothing=0.0, objective="next")

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
                                           optimizer="sgd", momentum=0.9, lr=0.05, n_ctx=11, grad_clip=0.1, objective="query"),
    "t5_smeared_adam": dict(positions="t5", smeared_keys=True, norm="rms", init_scale=1.4, n_ctx=24, n_layers=1,
                            batch=2, optimizer="adam", schedule="cosine"),
    "alibi_bidirectional_frozen_adamw": dict(positions="alibi", bidirectional=True, norm="rms", init_scale=1.4,
                                             n_layers=1, frozen_embedding=True, frozen_q=True, frozen_v=True,
                                             frozen_norm=True, weight_decay=0.1, grad_clip=0.05, objective="query"),
    "mlp_dropout_frozen_adamw": dict(positions="learned", norm="rms", d_mlp=6, dropout=0.3, attention_dropout=0.2, init_scale=1.4,
                                     frozen_k=True, frozen_o=True, frozen_unembedding=True, frozen_mlp=True, weight_decay=0.1, n_layers=1),
    "dropout_tied_smeared_adam": dict(positions="sinusoidal", norm="layer", dropout=0.25, tied_embedding=True, smeared_keys=True,
                                      init_scale=1.4, n_layers=1, optimizer="adam"),
    "mlp_tied_start_rotary_lion": dict(d_mlp=5, tied_embedding=True, start_token=True, n_layers=1, optimizer="lion", lr=0.002, beta2=0.98),
    "rotary_smoothed_lion": dict(seed=14, optimizer="lion", lr=0.003, beta2=0.95, weight_decay=0.1, schedule="linear", grad_clip=0.3,
                                 label_smoothing=0.1),
    "layer_brier_muon": dict(seed=15, positions="learned", norm="layer", smeared_keys=True, init_scale=1.4, optimizer="muon", beta2=0.95,
                             momentum=0.95, weight_decay=0.1, warmup_steps=2, loss_kind="brier"),
    "weighted_wide_heads_muon": dict(seed=16, n_layers=1, d_head=10, positions="shortformer", tied_embedding=True, optimizer="muon",
                                     momentum=0.8, loss_kind="brier", label_smoothing=0.2),
    "sinusoidal_odd_width_adam": dict(seed=25, positions="sinusoidal", d_model=9, d_head=3, n_layers=1, smeared_keys=True,
                                      optimizer="adam"),
    "weighted_tied_adamw": dict(seed=17, n_layers=1, tied_embedding=True, label_smoothing=0.05),
}
# The objective `query` lets these see both ways (Config::problems()); what is trained here is every position, as in the other cases.
# Asserted: the gradient norm exceeds grad_clip in every step (True), in some, or (False, and cases not named) in none.
CLIPPED = {"rotary_smoothed_lion": True, "none_rms_1layer_sgd": False, "rotary_smeared_rms_sgd_clip": True, "rotary_adamw_clip": "some",
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


def draw_weights(c, rng):
    """Positive but for some zeros; they add up to 1."""
    w = rng.rand(c["batch"], c["n_ctx"]) * (rng.rand(c["batch"], c["n_ctx"]) > 0.4)
    return (w / w.sum()).astype(np.float32)


# ---------------------------------------------------------------- model

def sinusoidal(n_ctx, d_model, dtype):  # (2)
    w = np.zeros((n_ctx, d_model))
    for t in range(n_ctx):
        for d in range(d_model):  # an odd width ends with a sine
            angle = t / 10000 ** (d // 2 * 2 / d_model)
            w[t, d] = math.cos(angle) if d % 2 else math.sin(angle)
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
    if "unembed" in name:
        return c["frozen_unembedding"]
    groups = {"frozen_embedding": ("embed.", "pos_embed.", ".rel_pos_bias."), "frozen_q": (".W_Q",), "frozen_v": (".W_V",),
              "frozen_k": (".W_K", ".smear_alpha"), "frozen_o": (".W_O",), "frozen_mlp": (".mlp.",),
              "frozen_norm": (".ln1.", ".ln2.", "ln_final.")}
    return any(c[knob] and any(part in name for part in parts) for knob, parts in groups.items())


def threefry(seed, stream, i, j):  # (17): two arrays of words for an array of counters j
    rotations, mask = (13, 15, 26, 6, 17, 29, 16, 24), np.uint64(0xffffffff)
    key = [seed, stream, 0x1BD11BDA ^ seed ^ stream]
    a, b = np.full(j.shape, (i + key[0]) & 0xffffffff, np.uint64), (j.astype(np.uint64) + np.uint64(key[1])) & mask
    for r in range(20):
        turn = np.uint64(rotations[r % 8])
        a = (a + b) & mask
        b = ((b << turn | b >> (np.uint64(32) - turn)) & mask) ^ a
        if r % 4 == 3:
            n = r // 4 + 1
            a = (a + np.uint64(key[n % 3])) & mask
            b = (b + np.uint64(key[(n + 1) % 3] + n)) & mask
    return a, b


def dropped(c, x, rate, layer, place, step):  # (50); places: embedding, pattern, attn_out, mlp_out
    if rate == 0:
        return x
    index = np.arange(x.numel())
    first, second = threefry(c["seed"], 0x44524f50 + 3 * layer + place, step, index // 2)
    word = np.where(index % 2 == 0, first, second)
    kept = (word >> np.uint64(8)) >= int(rate * 2 ** 24 + 0.5)
    return x * torch.tensor(kept.reshape(tuple(x.shape)), dtype=x.dtype) / (1 - rate)


def losses(c, logits, targets):  # (12), (62), (63)
    v = logits.shape[-1]
    wanted = (1 - c["label_smoothing"]) * torch.nn.functional.one_hot(targets, v).to(logits.dtype) + c["label_smoothing"] / v
    if c["loss_kind"] == "brier":
        return ((torch.softmax(logits, -1) - wanted) ** 2).sum(-1)
    return -(wanted * torch.log_softmax(logits, -1)).sum(-1)


def forward(c, p, tokens, step=0):
    """(1)-(10), (12). Returns logits [b,t,v], loss [b,t] and the list of patterns [b,h,q,k]."""
    T = c["n_ctx"]
    x_in, x_next = tokens[:, :T], tokens[:, 1:]
    resid = p["embed.W_E"][x_in]
    if c["positions"] == "learned":
        resid = resid + p["pos_embed.W_pos"]
    if c["positions"] == "sinusoidal":
        resid = resid + sinusoidal(T, c["d_model"], resid.dtype)
    resid = dropped(c, resid, c["dropout"], 0, 0, step)
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
        z = torch.einsum("bhqk,bkhe->bqhe", dropped(c, pattern, c["attention_dropout"], l, 1, step), v)
        resid = resid + dropped(c, torch.einsum("bqhe,hed->bqd", z, p[name + "W_O"]), c["dropout"], l, 2, step)
        if c["d_mlp"]:  # (48), (49)
            mlp = f"blocks.{l}.mlp."
            pre = normed(c, p, f"blocks.{l}.ln2", resid) @ p[mlp + "W_in"] + p[mlp + "b_in"]
            out = torch.nn.functional.gelu(pre, approximate="tanh") @ p[mlp + "W_out"] + p[mlp + "b_out"]
            resid = resid + dropped(c, out, c["dropout"], l, 3, step)
    w_u = p["embed.W_E"].T if c["tied_embedding"] else p["unembed.W_U"]
    logits = normed(c, p, "ln_final", resid) @ w_u
    return logits, losses(c, logits, x_next), patterns


# ---------------------------------------------------------------- training

def rate(c, s):  # (16)
    if s < c["warmup_steps"]:
        return c["lr"] * (s + 1) / c["warmup_steps"]
    f = min(1.0, max(0.0, (s - c["warmup_steps"]) / (c["steps"] - c["warmup_steps"])))
    return c["lr"] * {"constant": 1.0, "linear": 1 - f, "cosine": (1 + math.cos(math.pi * f)) / 2}[c["schedule"]]


class Lion:  # (65)
    def __init__(self, params, c):
        self.param_groups, self.params, self.c, self.m = [{}], params, c, [torch.zeros_like(x) for x in params]

    def step(self):
        c, lr = self.c, self.param_groups[0]["lr"]
        with torch.no_grad():
            for x, m in zip(self.params, self.m):
                direction = torch.sign(c["beta1"] * m + (1 - c["beta1"]) * x.grad)
                x -= lr * (direction + c["weight_decay"] * x)
                m.mul_(c["beta2"]).add_((1 - c["beta2"]) * x.grad)


def orthogonal(u):  # (67); u [.., rows, columns]
    x = u / (u.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    wide = u.shape[-2] < u.shape[-1]
    x = x.transpose(-1, -2) if wide else x
    for _ in range(5):
        gram = x.transpose(-1, -2) @ x
        x = x @ (3.4445 * torch.eye(gram.shape[-1], dtype=x.dtype) - 4.7750 * gram + 2.0315 * gram @ gram)
    return x.transpose(-1, -2) if wide else x


class Muon:  # (66)-(68); matrices in float64
    def __init__(self, params, c):
        self.param_groups, self.params, self.c, self.m = [{}], params, c, [torch.zeros_like(x) for x in params]

    def step(self):
        c, lr = self.c, self.param_groups[0]["lr"]
        with torch.no_grad():
            for x, m in zip(self.params, self.m):
                m.mul_(c["momentum"]).add_((1 - c["momentum"]) * x.grad)
                u = (c["momentum"] * m + (1 - c["momentum"]) * x.grad).double()
                change = lr * 0.2 * math.sqrt(max(x.shape[-2:])) * orthogonal(u)
                x -= lr * c["weight_decay"] * x + change.to(x.dtype)


def make_optimizers(c, named):  # (14), (15): PyTorch's own; (65)-(68)
    params = list(named.values())
    if c["optimizer"] == "sgd":
        return [torch.optim.SGD(params, lr=c["lr"], momentum=c["momentum"], weight_decay=c["weight_decay"])]
    if c["optimizer"] == "lion":
        return [Lion(params, c)]
    adam = dict(lr=c["lr"], betas=(c["beta1"], c["beta2"]), eps=1e-8, weight_decay=c["weight_decay"])
    if c["optimizer"] == "muon":
        inside = [n for n in named if n.startswith("blocks.") and ".W_" in n]
        rest = [x for n, x in named.items() if n not in inside]
        return [Muon([named[n] for n in inside], c), torch.optim.AdamW(rest, **adam)]
    return [{"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[c["optimizer"]](params, **adam)]


def objective(loss, weights):  # (61)
    return loss.mean() if weights is None else (torch.tensor(weights, dtype=loss.dtype) * loss).sum()


def train(c, p, tokens, weights):
    """Ten steps on the same tokens, in place. Returns the gradient norm before clipping, per step."""
    trained = {name: x for name, x in p.items() if not frozen(c, name)}
    optimizers = make_optimizers(c, trained)
    norms = []
    for s in range(TRAIN_STEPS):
        for x in p.values():
            x.grad = None
        objective(forward(c, p, tokens, s)[1], weights).backward()
        norm = math.sqrt(sum(float((x.grad ** 2).sum()) for x in trained.values()))
        norms.append(norm)
        if c["grad_clip"] > 0:  # (13), without the 1e-6 of clip_grad_norm_
            for x in trained.values():
                x.grad.mul_(min(1.0, c["grad_clip"] / norm))
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate(c, s)
            optimizer.step()
    return norms


def leaves(values, dtype):
    return {n: torch.tensor(x, dtype=dtype, requires_grad=True) for n, x in values.items()}


def compute(c, init, tokens_i32, weights, dtype=torch.float64):
    """Every stored array but init and tokens, as float64 numpy; and the gradient norms."""
    p, tokens = leaves(init, dtype), torch.tensor(tokens_i32, dtype=torch.int64)
    logits, loss, patterns = forward(c, p, tokens)
    out = {"logits": logits, "loss": loss}
    out.update({f"pattern.{l}": x for l, x in enumerate(patterns)})
    objective(loss, weights).backward()
    out.update({f"grad.{n}": x.grad * (not frozen(c, n)) for n, x in p.items()})
    norms = train(c, p, tokens, weights)
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


def check_gradients(c, init, tokens_i32, weights, out):
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
                    ends.append(float(objective(forward(c, leaves(x, torch.float64), tokens)[1], weights)))
            worst = max(worst, abs((ends[0] - ends[1]) / 2e-5 - g[i]) / np.abs(g).max())
    return worst


def write_case(path, config, case, init, tokens, weights, out):
    tensors = {"init." + n: x for n, x in init.items()}
    tensors["tokens"] = tokens
    if weights is not None:
        tensors["weights"] = weights
    tensors.update({n: x.astype(np.float32) for n, x in out.items()})
    write_safetensors(path, tensors, {"config": json.dumps(config, separators=(",", ":")), "case": case})


def main():
    check, total = "--check" in sys.argv, 0
    torch.set_num_threads(1)
    for index, (case, changes) in enumerate(CASES.items()):
        c = {**BASE, "seed": index + 1, **changes}
        written, c = c, dict(LATER, **c)
        rng = np.random.RandomState(99 + c["seed"])
        init, tokens = initial_values(c, rng), draw_tokens(c, rng)
        weights = draw_weights(c, rng) if case.startswith("weighted") else None
        out, norms = compute(c, init, tokens, weights)
        clips = [c["grad_clip"] > 0 and n > c["grad_clip"] for n in norms]
        kind = True if all(clips) else "some" if any(clips) else False
        assert kind == CLIPPED.get(case, False), (case, kind, norms)
        path = os.path.join(HERE, case + ".safetensors")
        write_case(path, written, case, init, tokens, weights, out)
        total += os.path.getsize(path)
        print(f"{case:32s} {os.path.getsize(path):6d} bytes  loss {out['loss'].mean():.4f}  clipped {kind}")
        if check:
            single, _ = compute(c, init, tokens, weights, torch.float32)
            groups = ("logits", "loss", "pattern", "grad", "after10")
            far = [max(relative(single[n], out[n]) for n in out if n.split(".")[0] == g) for g in groups]
            print("    float32:", "  ".join(f"{g} {x:.1e}" for g, x in zip(groups, far)),
                  f" central differences {check_gradients(c, init, tokens, weights, out):.1e}")
    print(total, "bytes")
    assert total < 350_000


if __name__ == "__main__":
    main()
