#!/usr/bin/env python3
"""Makes the models and reference values in this folder, with numpy alone: python3 make_reference.py FOLDER

One small transformer for each supported architecture, weights drawn from a fixed seed, written as GGUF by the code below,
and the logits that the formulas below give for it in float64. Nothing here is taken from the project, from llama.cpp or
from a machine learning framework, so that three computations of one file can be compared.

With x [T, W] the rows of the embedding, for each layer:
    h = rms(x) * attn_norm              rms(v) = v / sqrt(mean(v^2) + eps)
    q, k, v = h Wq^T (+ bq), h Wk^T (+ bk), h Wv^T (+ bv), cut into heads of width D
    qwen3: q, k = rms(q) * q_norm, rms(k) * k_norm, each head by itself
    q, k turned by position p: the pair i by the angle p * base^(-2i/D);
        llama pairs the values (2i, 2i+1), qwen2 and qwen3 the values (i, i + D/2)
    x += softmax(q k^T / sqrt(D) + causal mask) v Wo^T, a head of k and v shared by a group of heads of q
    h = rms(x) * ffn_norm
    x += (silu(h Wgate^T) * h Wup^T) Wdown^T
    logits = (rms(x) * output_norm) Wout^T, Wout the embedding where the file has no output matrix
With an adapter (W replaced by W + alpha/rank * B A) on every matrix of every layer.
"""

import json
import struct
import sys

import numpy as np

EPS, BASE, CONTEXT = 1e-5, 10000.0, 64
WIDTH, FFN, LAYERS, HEADS, KV_HEADS = 16, 24, 2, 4, 2
# llama and qwen3 may have heads wider than the residual stream divided by their number; llama.cpp refuses it of qwen2.
HEAD = {"llama": 8, "qwen2": WIDTH // HEADS, "qwen3": 8}
RANK, ALPHA = 2, 6.0
IDS = [5, 9, 130, 7, 258, 77, 31, 200, 8, 8, 111, 64, 240, 3, 90, 17]
EOT, START, END = 0, 1, 2


def byte_token(value):
    """GPT-2's alphabet: printable bytes stand for themselves, the others for U+0100 and up, in order."""
    printable = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b <= 255]
    return chr(value) if value in printable else chr(256 + sum(b not in printable for b in range(value)))


TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + [byte_token(b) for b in range(256)] + ["th"]
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def text(s):
    b = s.encode()
    return struct.pack("<Q", len(b)) + b


def value(v):
    """A GGUF value behind its type: bool 7, uint32 4, float32 6, string 8, array 9 of string 8 or int32 5."""
    if isinstance(v, bool):
        return struct.pack("<I?", 7, v)
    if isinstance(v, int):
        return struct.pack("<II", 4, v)
    if isinstance(v, float):
        return struct.pack("<If", 6, v)
    if isinstance(v, str):
        return struct.pack("<I", 8) + text(v)
    if v and isinstance(v[0], int):
        return struct.pack("<IIQ", 9, 5, len(v)) + struct.pack(f"<{len(v)}i", *v)
    return struct.pack("<IIQ", 9, 8, len(v)) + b"".join(text(s) for s in v)


def write_gguf(path, settings, tensors):
    """Version 3, everything float32, tensors aligned to 32 bytes; a shape's inner dimension stands first."""
    out = struct.pack("<IIQQ", 0x46554747, 3, len(tensors), len(settings))
    for key, v in settings.items():
        out += text(key) + value(v)
    data = b""
    for name, t in tensors.items():
        out += text(name) + struct.pack("<I", t.ndim) + struct.pack(f"<{t.ndim}Q", *reversed(t.shape))
        out += struct.pack("<IQ", 0, len(data))
        data += t.astype("<f4").tobytes()
        data += bytes(-len(data) % 32)
    out += bytes(-len(out) % 32)
    with open(path, "wb") as f:
        f.write(out + data)


def matrices(architecture):
    """Outer by inner dimension."""
    q, kv = HEADS * HEAD[architecture], KV_HEADS * HEAD[architecture]
    for layer in range(LAYERS):
        for name, outer, inner in [
            ("attn_q", q, WIDTH),
            ("attn_k", kv, WIDTH),
            ("attn_v", kv, WIDTH),
            ("attn_output", WIDTH, q),
            ("ffn_gate", FFN, WIDTH),
            ("ffn_up", FFN, WIDTH),
            ("ffn_down", WIDTH, FFN),
        ]:
            yield f"blk.{layer}.{name}", outer, inner


def draw(architecture, tied, seed):
    """Values are rounded to float32 here, so that the file holds exactly what is computed with."""
    random = np.random.Generator(np.random.PCG64(seed))

    def normal(shape, scale, mean=0.0):
        return (mean + scale * random.standard_normal(shape)).astype(np.float32)

    w = {"token_embd.weight": normal((len(TOKENS), WIDTH), 1), "output_norm.weight": normal(WIDTH, 0.2, 1)}
    if not tied:
        w["output.weight"] = normal((len(TOKENS), WIDTH), WIDTH**-0.5)
    for name, outer, inner in matrices(architecture):
        w[f"{name}.weight"] = normal((outer, inner), 1.5 * inner**-0.5)
        if architecture == "qwen2" and name[-6:] in ("attn_q", "attn_k", "attn_v"):
            w[f"{name}.bias"] = normal(outer, 0.5)
    for layer in range(LAYERS):
        w[f"blk.{layer}.attn_norm.weight"] = normal(WIDTH, 0.2, 1)
        w[f"blk.{layer}.ffn_norm.weight"] = normal(WIDTH, 0.2, 1)
        if architecture == "qwen3":
            w[f"blk.{layer}.attn_q_norm.weight"] = normal(HEAD[architecture], 0.2, 1)
            w[f"blk.{layer}.attn_k_norm.weight"] = normal(HEAD[architecture], 0.2, 1)
    adapter = {}
    for name, outer, inner in matrices(architecture):
        adapter[f"{name}.weight.lora_a"] = normal((RANK, inner), inner**-0.5)
        adapter[f"{name}.weight.lora_b"] = normal((outer, RANK), 0.3)
    return w, adapter


def rms(v):
    return v / np.sqrt(np.mean(v * v, axis=-1, keepdims=True) + EPS)


def turn(heads, architecture):
    """heads [T, H, D]"""
    t, _, d = heads.shape
    angle = np.arange(t)[:, None, None] * BASE ** (-2.0 * np.arange(d // 2) / d)  # [T, 1, D/2]
    first, second = (
        (slice(0, None, 2), slice(1, None, 2)) if architecture == "llama" else (slice(0, d // 2), slice(d // 2, None))
    )
    a, b = heads[..., first], heads[..., second]
    out = np.empty_like(heads)
    out[..., first] = a * np.cos(angle) - b * np.sin(angle)
    out[..., second] = a * np.sin(angle) + b * np.cos(angle)
    return out


def logits(w, architecture, ids, adapter=None):
    w = {name: t.astype(np.float64) for name, t in w.items()}
    if adapter is not None:
        for name, _, _ in matrices(architecture):
            a, b = (adapter[f"{name}.weight.lora_{x}"].astype(np.float64) for x in "ab")
            w[f"{name}.weight"] = w[f"{name}.weight"] + ALPHA / RANK * b @ a
    n, d = len(ids), HEAD[architecture]
    x = w["token_embd.weight"][ids]  # [T, W]
    for layer in range(LAYERS):
        blk = f"blk.{layer}."

        def linear(name, h):
            return h @ w[f"{blk}{name}.weight"].T + w.get(f"{blk}{name}.bias", 0)

        h = rms(x) * w[f"{blk}attn_norm.weight"]
        q = linear("attn_q", h).reshape(n, HEADS, d)
        k = linear("attn_k", h).reshape(n, KV_HEADS, d)
        v = linear("attn_v", h).reshape(n, KV_HEADS, d)
        if architecture == "qwen3":
            q, k = rms(q) * w[f"{blk}attn_q_norm.weight"], rms(k) * w[f"{blk}attn_k_norm.weight"]
        q, k = turn(q, architecture), turn(k, architecture)
        attended = np.empty((n, HEADS, d))
        for head in range(HEADS):
            shared = head // (HEADS // KV_HEADS)
            for p in range(n):
                s = k[: p + 1, shared] @ q[p, head] / np.sqrt(d)
                e = np.exp(s - s.max())
                attended[p, head] = e / e.sum() @ v[: p + 1, shared]
        x = x + linear("attn_output", attended.reshape(n, HEADS * d))
        h = rms(x) * w[f"{blk}ffn_norm.weight"]
        gate = linear("ffn_gate", h)
        x = x + linear("ffn_down", gate / (1 + np.exp(-gate)) * linear("ffn_up", h))
    return (rms(x) * w["output_norm.weight"]) @ w.get("output.weight", w["token_embd.weight"]).T  # [T, V]


def likelihoods(all_logits, ids):
    """Negative log-likelihood of each token but the first, nats."""
    top = all_logits.max(axis=1, keepdims=True)
    log_sum = (top + np.log(np.exp(all_logits - top).sum(axis=1, keepdims=True)))[:, 0]
    return [log_sum[i] - all_logits[i, ids[i + 1]] for i in range(len(ids) - 1)]


def rounded(numbers):
    return [float(f"{x:.7g}") for x in numbers]


def expected(all_logits):
    return {
        "nll": rounded(likelihoods(all_logits, IDS)),
        "argmax": [int(i) for i in all_logits.argmax(axis=1)],
        "logitsLast": rounded(all_logits[-1]),
    }


def make(folder, architecture, tied, seed):
    w, adapter = draw(architecture, tied, seed)
    a = architecture
    settings = {
        "general.architecture": a,
        "general.type": "model",
        "general.name": "reference",
        f"{a}.context_length": CONTEXT,
        f"{a}.embedding_length": WIDTH,
        f"{a}.block_count": LAYERS,
        f"{a}.feed_forward_length": FFN,
        f"{a}.attention.head_count": HEADS,
        f"{a}.attention.head_count_kv": KV_HEADS,
        f"{a}.attention.key_length": HEAD[a],
        f"{a}.attention.value_length": HEAD[a],
        f"{a}.attention.layer_norm_rms_epsilon": EPS,
        f"{a}.rope.dimension_count": HEAD[a],
        f"{a}.rope.freq_base": BASE,
        f"{a}.vocab_size": len(TOKENS),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": TOKENS,
        "tokenizer.ggml.token_type": [3, 3, 3] + [1] * (len(TOKENS) - 3),
        "tokenizer.ggml.merges": ["t h"],
        "tokenizer.ggml.bos_token_id": START,
        "tokenizer.ggml.eos_token_id": END,
        "tokenizer.ggml.padding_token_id": EOT,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": TEMPLATE,
    }
    write_gguf(f"{folder}/{a}.gguf", settings, w)
    write_gguf(
        f"{folder}/{a}-adapter.gguf",
        {
            "general.architecture": a,
            "general.type": "adapter",
            "adapter.type": "lora",
            "adapter.lora.alpha": ALPHA,
        },
        adapter,
    )
    values = {
        "ids": IDS,
        "base": expected(logits(w, a, IDS)),
        "adapter": expected(logits(w, a, IDS, adapter)),
    }
    with open(f"{folder}/{a}.json", "w") as f:
        json.dump(values, f)
        f.write("\n")


if __name__ == "__main__":
    for number, (architecture, tied) in enumerate([("llama", True), ("qwen2", False), ("qwen3", True)]):
        make(sys.argv[1], architecture, tied, 2026 + number)
