"""The yardstick's training step in PyTorch, as one would write it: `induction bench --size` in other words."""

import inspect
import time

import torch
import torch.nn.functional as F
from torch import nn

SIZES = {
    "S": dict(n_heads=2, d_model=32, d_vocab=16, n_ctx=32, batch=32),
    "M": dict(n_heads=4, d_model=64, d_vocab=64, n_ctx=64, batch=32),
    "L": dict(n_heads=8, d_model=256, d_vocab=512, n_ctx=256, batch=16),
}


def sdpa(q, k, v, mask):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def einsum(q, k, v, mask):
    scores = torch.einsum("bhqe,bhke->bhqk", q, k) * q.shape[-1] ** -0.5
    return torch.einsum("bhqk,bhke->bhqe", scores.masked_fill(mask, float("-inf")).softmax(-1), v)


# What this version of PyTorch has of them.
ATTENTIONS = {"scaled_dot_product_attention": sdpa, "einsum": einsum}
OPTIMISERS = {"fused": dict(fused=True), "foreach": dict(foreach=True)}
if not hasattr(F, "scaled_dot_product_attention"):
    del ATTENTIONS["scaled_dot_product_attention"]
if "fused" not in inspect.signature(torch.optim.AdamW).parameters:
    del OPTIMISERS["fused"]


class Layer(nn.Module):
    def __init__(self, d_model, n_heads, attention):
        super().__init__()
        self.n_heads, self.attention = n_heads, attention
        self.qk = nn.Linear(d_model, 2 * d_model, bias=False)
        self.v = nn.Linear(d_model, d_model, bias=False)
        self.out = nn.Linear(d_model, d_model, bias=False)

    def heads(self, x):
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def forward(self, x, positions, mask):
        q, k = self.qk(x + positions).chunk(2, dim=-1)
        z = self.attention(self.heads(q), self.heads(k), self.heads(self.v(x)), mask)
        return x + self.out(z.transpose(1, 2).flatten(2))


class Model(nn.Module):
    """Two layers of attention; a learned position is added to what queries and keys read, and to nothing else."""

    def __init__(self, n_heads, d_model, d_vocab, n_ctx, attention):
        super().__init__()
        self.embed = nn.Embedding(d_vocab, d_model)
        self.positions = nn.Parameter(torch.empty(n_ctx, d_model))
        self.layers = nn.ModuleList(Layer(d_model, n_heads, attention) for _ in range(2))
        self.unembed = nn.Linear(d_model, d_vocab, bias=False)
        self.register_buffer("mask", torch.ones(n_ctx, n_ctx, dtype=torch.bool).triu(1))
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=d_model**-0.5)

    def forward(self, tokens):
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x, self.positions, self.mask)
        return self.unembed(x)


class Peer:
    """A model, its optimiser and some batches that were drawn before: drawing them is not measured, ours draws within the step."""

    def __init__(self, size, attention, optimiser):
        shape = dict(SIZES[size])
        batch, n_ctx, d_vocab = shape.pop("batch"), shape["n_ctx"], shape["d_vocab"]
        torch.manual_seed(0)
        self.model = Model(**shape, attention=ATTENTIONS[attention])
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=1e-3, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01, **OPTIMISERS[optimiser]
        )
        block = torch.randint(d_vocab, (64, batch, n_ctx // 3))
        self.rows = block.repeat(1, 1, 4)[:, :, : n_ctx + 1].contiguous()
        self.at = 0

    def step(self):
        rows = self.rows[self.at % len(self.rows)]
        self.at += 1
        logits = self.model(rows[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss

    def times(self, steps):
        """The clock's ms of each step, and the processor's per step of them all."""
        ms, used = [], time.process_time()
        for _ in range(steps):
            start = time.perf_counter()
            self.step()
            ms.append(1e3 * (time.perf_counter() - start))
        return ms, 1e3 * (time.process_time() - used) / steps

    def parameters(self):
        return sum(parameter.numel() for parameter in self.model.parameters())


def fastest(size, steps):
    """Tries attention and optimiser in every pair, taking turns, and keeps the fastest: (name, Peer)."""
    peers = {f"{a}, AdamW {o}": Peer(size, a, o) for a in ATTENTIONS for o in OPTIMISERS}
    least = dict.fromkeys(peers, float("inf"))
    for turn in range(4):
        for name, peer in peers.items():
            _, used = peer.times(steps)
            if turn:  # the first one warms up
                least[name] = min(least[name], used)
    name = min(least, key=least.get)
    return name, peers[name], least
