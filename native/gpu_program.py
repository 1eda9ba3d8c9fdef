"""The model program for check_gpu.py: its archive, a batch for it, and a plain reference. Nothing here imports torch at
module level, so that the pure parts can be tested without it."""

import io
import pathlib
import struct
import zipfile

TEXTS = pathlib.Path(__file__).resolve().parent.parent / "engine/src/main/resources/dev/pigou/engine/torch"
PROGRAM = "\n".join((TEXTS / name).read_text() for name in ("program.py", "kernels_native.py"))
NO_MATRIX, DENSE = -1, 0  # formats of weights; more in ops.h

SHAPES = {  # layers, hidden, heads, kv heads, head size, feed-forward, vocabulary
    "tiny": (2, 256, 4, 2, 64, 512, 1000),
    "llama-8b": (32, 4096, 32, 8, 128, 14336, 128256),
}


def pickle(attributes):
    """Protocol 2, as dev.pigou.engine.torch.ScriptArchive writes it. A str value names an empty list's builder."""
    out = io.BytesIO()
    out.write(b"\x80\x02c__torch__\nStep\n)\x81}(")
    for name, value in attributes.items():
        text = name.encode()
        out.write(b"X" + struct.pack("<i", len(text)) + text)
        if isinstance(value, bool):
            out.write(b"\x88" if value else b"\x89")
        elif isinstance(value, int):
            out.write(b"J" + struct.pack("<i", value))
        elif isinstance(value, float):
            out.write(b"G" + struct.pack(">d", value))
        elif isinstance(value, str):
            out.write(f"ctorch.jit._pickle\n{value}\n".encode() + b"]\x85R")
        else:
            raise TypeError(f"no pickle for {type(value).__name__}")
    out.write(b"ub.")
    return out.getvalue()


def archive(code, attributes):
    """A TorchScript file: a zip whose entries are stored."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr("m/data.pkl", pickle(attributes))
        file.writestr("m/code/__torch__.py", code)
        file.writestr("m/constants.pkl", b"\x80\x02).")
        file.writestr("m/version", b"3\n")
    return out.getvalue()


def attributes(shape, scalar_type, block_size, eps=1e-5):
    layers, _, heads, kv, size, _, _ = shape
    return {"training": False, "layers": layers, "heads": heads, "kv_heads": kv, "head_dim": size, "block_size": block_size,
            "window": 0, "eps": eps, "dtype": scalar_type, "weights": "build_tensorlist", "formats": "build_intlist",
            "widths": "build_intlist", "windowed": "build_intlist",
            "rope": "build_tensorlist", "keys": "build_tensorlist", "values": "build_tensorlist"}


def weight_shapes(shape):
    """Of every weight in the program's order; () where the model has none."""
    layers, hidden, heads, kv, size, ffn, vocab = shape
    layer = [(hidden,), ((heads + 2 * kv) * size, hidden), (), (), (), (hidden, heads * size), (), (hidden,),
             (2 * ffn, hidden), (), (hidden, ffn), ()]
    return [(vocab, hidden), (hidden,), (vocab, hidden), ()] + layer * layers


def layer_weights(weights, layer):
    """The twelve of one layer."""
    return weights[4 + 12 * layer: 16 + 12 * layer]


def batch(sequences, block_size, top=None):
    """The arguments ints, counts, groups of `step` for sequences of (tokens, computed), and the slots of the pool. Each samples
    its last row greedily, with log-probabilities of that token and the `top` likeliest if there is a `top`."""
    tokens, positions, slots, tables, lines, sampled, groups, block = [], [], [], [], [], [], [], 0
    for ids, computed in sequences:
        length = computed + len(ids)
        blocks = -(-length // block_size)
        own = list(range(block, block + blocks))
        block += blocks
        lines += [len(tokens), len(ids), len(tables), length]
        tokens += ids
        positions += range(computed, length)
        slots += [own[p // block_size] * block_size + p % block_size for p in range(computed, length)]
        tables += own
        sampled.append(len(tokens) - 1)
        groups += [1, len(ids), blocks, length]
    logprob_rows = [] if top is None else list(range(len(sampled)))
    sections = [tokens, positions, slots, tables, lines, sampled, [], [], logprob_rows] + [[]] * 8
    return sum(sections, []), [len(s) for s in sections] + [top or 0], groups, block * block_size


def load(torch, shape, weights, scalar_type, block_size, slots, rope, format=DENSE):
    """The program with its weights and pool on the device of the weights, the layers' matrices in `format`."""
    device = weights[0].device
    module = torch.jit.load(io.BytesIO(archive(PROGRAM, attributes(shape, scalar_type, block_size))), device)
    for index, (weight, size) in enumerate(zip(weights, weight_shapes(shape))):
        slices = [] if weight is None else [weight.reshape(-1).view(torch.uint8)]
        kind = NO_MATRIX if len(size) < 2 or index == 0 else DENSE if index == 2 else format
        module.add_weight(slices, [] if weight is None else [scalar_type], list(size) or [0], kind)
    module.set_rope(*rope)
    module.allocate([0] * shape[0], slots)
    return module


def transformers_model(torch, shape, weights, theta, eps=1e-5):
    """The same model as transformers computes it, in float32 on the weights' device."""
    import transformers
    layers, hidden, heads, kv, size, ffn, vocab = shape
    config = transformers.LlamaConfig(
        vocab_size=vocab, hidden_size=hidden, intermediate_size=ffn, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=kv, head_dim=size, rms_norm_eps=eps, tie_word_embeddings=False, attention_bias=False,
        rope_parameters={"rope_type": "default", "rope_theta": theta}, attn_implementation="sdpa")
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(config)
    named = {"model.embed_tokens.weight": weights[0], "model.norm.weight": weights[1], "lm_head.weight": weights[2]}
    for layer in range(layers):
        w, prefix = layer_weights(weights, layer), f"model.layers.{layer}."
        q, k, v = w[1].split([heads * size, kv * size, kv * size])
        gate, up = w[8].chunk(2)
        named |= {prefix + "input_layernorm.weight": w[0], prefix + "self_attn.q_proj.weight": q,
                  prefix + "self_attn.k_proj.weight": k, prefix + "self_attn.v_proj.weight": v,
                  prefix + "self_attn.o_proj.weight": w[5], prefix + "post_attention_layernorm.weight": w[7],
                  prefix + "mlp.gate_proj.weight": gate, prefix + "mlp.up_proj.weight": up,
                  prefix + "mlp.down_proj.weight": w[10]}
    model.load_state_dict({name: weight.float() for name, weight in named.items()}, assign=True)
    # Computed, not loaded: the one buffer that is not in the state.
    model.model.rotary_emb = type(model.model.rotary_emb)(config, device=weights[0].device)
    return model.eval()


def reference(torch, shape, weights, ids, rope, eps=1e-5):
    """Log-probabilities [V] after the last of `ids`, in float32, without cache or paging."""
    layers, _, heads, kv, size, _, _ = shape
    cos, sin = (r[: len(ids)].unsqueeze(1) for r in rope)

    def norm(x, weight):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight.float()

    def rotate(x):
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    x = weights[0][ids].float()
    for layer in range(layers):
        w = layer_weights(weights, layer)
        qkv = (norm(x, w[0]) @ w[1].float().T).view(len(ids), heads + 2 * kv, size)
        q, k, v = qkv.split([heads, kv, kv], 1)
        q, k, v = (t.transpose(0, 1) for t in (rotate(q), rotate(k), v))
        k, v = (t.repeat_interleave(heads // kv, 0) for t in (k, v))
        o = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + o.transpose(0, 1).reshape(len(ids), -1) @ w[5].float().T
        gate, up = (norm(x, w[7]) @ w[8].float().T).chunk(2, -1)
        x = x + (torch.nn.functional.silu(gate) * up) @ w[10].float().T
    return torch.log_softmax(norm(x[-1], weights[1]) @ weights[2].float().T, -1)


def table(rows, columns):
    """Markdown."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(row.get(c, "")) for c in columns) + " |" for row in rows]
    return "\n".join(lines)
