"""What training a LoRA adapter costs in a plain PyTorch script: SmolLM2's shape, padded batches, all logits, one thread.

    python3 plain_torch.py ROWS.json TOKENS_PER_STEP

ROWS.json holds [tokens, first token with loss] of each row. The weights are random: their values do not change the time.
Prints one line of JSON: processor seconds and unpadded tokens of each step but the first, losses, and the peak memory.
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional

VOCABULARY, WIDTH, LAYERS, HEADS, KEY_HEADS, HEAD, INNER = 49152, 576, 30, 9, 3, 64, 1536
RANK, ALPHA, RATE = 32, 64, 1e-3


class Lora(nn.Module):
    def __init__(self, inner, outer):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outer, inner) * inner**-0.5, requires_grad=False)
        self.a = nn.Parameter((torch.rand(RANK, inner) * 2 - 1) * inner**-0.5)
        self.b = nn.Parameter(torch.zeros(outer, RANK))

    def forward(self, x):
        return functional.linear(x, self.weight) + functional.linear(functional.linear(x, self.a), self.b) * (ALPHA / RANK)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH), requires_grad=False)

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotated(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = Norm(), Norm()
        self.q, self.o = Lora(WIDTH, HEADS * HEAD), Lora(HEADS * HEAD, WIDTH)
        self.k, self.v = Lora(WIDTH, KEY_HEADS * HEAD), Lora(WIDTH, KEY_HEADS * HEAD)
        self.gate, self.up, self.down = Lora(WIDTH, INNER), Lora(WIDTH, INNER), Lora(INNER, WIDTH)

    def forward(self, x, cos, sin, mask):
        batch, length, _ = x.shape
        h = self.norm1(x)
        q = self.q(h).view(batch, length, HEADS, HEAD).transpose(1, 2)
        k = self.k(h).view(batch, length, KEY_HEADS, HEAD).transpose(1, 2)
        v = self.v(h).view(batch, length, KEY_HEADS, HEAD).transpose(1, 2)
        q, k = rotated(q, cos, sin), rotated(k, cos, sin)
        k = k.repeat_interleave(HEADS // KEY_HEADS, 1)
        v = v.repeat_interleave(HEADS // KEY_HEADS, 1)
        weights = (q @ k.transpose(-1, -2) / math.sqrt(HEAD) + mask).softmax(-1)
        x = x + self.o((weights @ v).transpose(1, 2).reshape(batch, length, HEADS * HEAD))
        h = self.norm2(x)
        return x + self.down(functional.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(VOCABULARY, WIDTH) * 0.02, requires_grad=False)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = Norm()

    def forward(self, ids):
        length = ids.shape[1]
        angles = torch.arange(length)[:, None] * 100000.0 ** (-torch.arange(0, HEAD, 2) / HEAD)
        cos, sin = torch.cat((angles.cos(),) * 2, -1), torch.cat((angles.sin(),) * 2, -1)
        mask = torch.full((length, length), float("-inf")).triu(1)
        x = functional.embedding(ids, self.embedding)
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return functional.linear(self.norm(x), self.embedding)


def steps_of(rows, tokens):
    step = []
    for row in rows:
        if step and sum(r[0] for r in step) + row[0] > tokens:
            yield step
            step = []
        step.append(row)
    yield step


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Model()
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=RATE)
    marks, counts, losses = [], [], []
    with open(sys.argv[1]) as file:
        rows = json.load(file)
    for step in steps_of(rows, int(sys.argv[2])):
        longest = max(r[0] for r in step)
        ids = torch.zeros(len(step), longest, dtype=torch.long)
        targets = torch.full((len(step), longest), -100)
        for i, (length, first) in enumerate(step):
            ids[i, :length] = 1000 + 7 * torch.randint(0, 60, (length,))
            targets[i, first - 1 : length - 1] = ids[i, first:length]
        optimizer.zero_grad()
        logits = model(ids)
        loss = functional.cross_entropy(logits.view(-1, VOCABULARY), targets.view(-1), ignore_index=-100)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        marks.append(time.process_time())
        counts.append(sum(r[0] for r in step))
        losses.append(loss.item())
    print(
        json.dumps(
            {
                "Seconds": [b - a for a, b in zip(marks, marks[1:])],
                "Tokens": counts[1:],
                "Losses": losses,
                "PeakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


main()
