"""A decoder in float64, written from the architectures: Llama, Mistral, Qwen2 and Qwen3 in Hugging Face layout.

Shares no code with the engine. Only numpy. Sliding windows, biases and every rope scaling are supported.
"""
import glob
import json
import os
import struct

import numpy as np

import rope


def read_tensors(folder):
    tensors = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.safetensors"))):
        raw = open(path, "rb").read()
        start = 8 + struct.unpack("<Q", raw[:8])[0]
        for name, entry in json.loads(raw[8:start]).items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            x = np.frombuffer(raw[start + begin:start + end], {"BF16": "<u2", "F16": "<f2", "F32": "<f4"}[entry["dtype"]])
            if entry["dtype"] == "BF16":
                x = (x.astype(np.uint32) << 16).view(np.float32)
            tensors[name] = x.astype(np.float64).reshape(entry["shape"])
    return tensors


def windows(config, layers):
    """For each layer how many positions a token sees, itself included; None is all of them."""
    kind, window = config["model_type"], config.get("sliding_window")
    if kind == "mistral":
        return [window] * layers
    if kind in ("qwen2", "qwen3") and config.get("use_sliding_window"):
        types = config.get("layer_types") or ["sliding_attention" if i >= config["max_window_layers"]
                                              else "full_attention" for i in range(layers)]
        return [window if t == "sliding_attention" else None for t in types]
    return [None] * layers


class Model:
    def __init__(self, folder):
        c = self.config = json.load(open(os.path.join(folder, "config.json")))
        self.w = read_tensors(folder)
        self.layers = c["num_hidden_layers"]
        self.heads, self.kv_heads = c["num_attention_heads"], c["num_key_value_heads"]
        self.head_dim = c.get("head_dim") or c["hidden_size"] // self.heads
        self.windows = windows(c, self.layers)
        self.reset()

    def reset(self):
        self.keys = [np.zeros((0, self.kv_heads, self.head_dim)) for _ in range(self.layers)]
        self.values = [k.copy() for k in self.keys]
        self.length = 0

    def norm(self, x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + self.config["rms_norm_eps"]) * self.w[name]

    def linear(self, x, name):
        return x @ self.w[name + ".weight"].T + self.w.get(name + ".bias", 0)

    def rotate(self, x, cos, sin):  # [tokens, heads, head_dim]; pairs are (j, j + head_dim / 2)
        half = self.head_dim // 2
        a, b = x[..., :half], x[..., half:]
        cos, sin = cos[:, None, :], sin[:, None, :]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

    def attention(self, layer, x, positions, cos, sin):
        p = f"model.layers.{layer}.self_attn."
        q = self.linear(x, p + "q_proj").reshape(len(x), self.heads, self.head_dim)
        k = self.linear(x, p + "k_proj").reshape(len(x), self.kv_heads, self.head_dim)
        v = self.linear(x, p + "v_proj").reshape(len(x), self.kv_heads, self.head_dim)
        if p + "q_norm.weight" in self.w:
            q, k = self.norm(q, p + "q_norm.weight"), self.norm(k, p + "k_norm.weight")
        q, k = self.rotate(q, cos, sin), self.rotate(k, cos, sin)
        self.keys[layer] = k = np.concatenate([self.keys[layer], k])
        self.values[layer] = v = np.concatenate([self.values[layer], v])
        seen = np.arange(len(k))[None, :]
        hidden = seen > positions[:, None]
        if self.windows[layer] is not None:
            hidden |= seen <= positions[:, None] - self.windows[layer]
        out = np.empty((len(x), self.heads, self.head_dim))
        for h in range(self.heads):
            group = h // (self.heads // self.kv_heads)
            s = q[:, h] @ k[:, group].T / np.sqrt(self.head_dim)
            s[hidden] = -np.inf
            s = np.exp(s - s.max(-1, keepdims=True))
            out[:, h] = s / s.sum(-1, keepdims=True) @ v[:, group]
        return self.linear(out.reshape(len(x), -1), p + "o_proj")

    def mlp(self, layer, x):
        p = f"model.layers.{layer}.mlp."
        gate = self.linear(x, p + "gate_proj")
        return self.linear(gate / (1 + np.exp(-gate)) * self.linear(x, p + "up_proj"), p + "down_proj")

    def forward(self, ids):
        """Appends ids to the sequence; logits [vocab] after the last of them."""
        positions = np.arange(self.length, self.length + len(ids))
        cos, sin = rope.table(self.config, self.head_dim, positions)
        x = self.w["model.embed_tokens.weight"][np.asarray(ids)]
        for i in range(self.layers):
            p = f"model.layers.{i}."
            x = x + self.attention(i, self.norm(x, p + "input_layernorm.weight"), positions, cos, sin)
            x = x + self.mlp(i, self.norm(x, p + "post_attention_layernorm.weight"))
        self.length += len(ids)
        tied = self.config["tie_word_embeddings"]
        return self.norm(x[-1], "model.norm.weight") @ self.w["model.embed_tokens.weight" if tied else "lm_head.weight"].T

    def greedy(self, prompt, steps):
        """The golden.json entry of one prompt: EOS ignored, lowest id wins an exact tie."""
        self.reset()
        logits, ids, margins = self.forward(prompt), [], []
        best = np.argsort(-logits, kind="stable")[:10]
        top = logits[best]
        total = logits.max() + np.log(np.exp(logits - logits.max()).sum())
        for step in range(steps):
            ids.append(int(logits.argmax()))
            margins.append(float(np.diff(np.sort(logits)[-2:])[0]))
            if step + 1 < steps:
                logits = self.forward(ids[-1:])
        return {"prompt": [int(i) for i in prompt], "ids": ids, "margins": margins,
                "top": [[{"id": int(i), "logit": float(l), "logprob": float(l - total)} for i, l in zip(best, top)]]}
