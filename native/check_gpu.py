"""Checks and times the CUDA kernels on this machine's NVIDIA GPU. Needs python3, torch, cmake and nvcc; no JVM.

    python3 native/check_gpu.py [--quick | --small | --sanitize] [--only NAME] [--json FILE]

Ends with 0 if every check passed, 1 if one failed, 2 if there is nothing to run on.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

import gpu_program
import gpu_sanitize

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE / "build-gpu"
CHECKS, TIMINGS = {}, {}
WHOLE = ("program", "program_against_transformers")  # more than our kernels


def check(function):
    CHECKS[function.__name__] = function
    return function


def timing(function):
    TIMINGS[function.__name__] = function
    return function


class Bench:
    """torch, the ops, and how close a type has to come."""

    def __init__(self, torch, small=False):
        self.torch, self.ops, self.device, self.small = torch, torch.ops.pigou, "cuda", small
        self.types = (torch.float32, torch.float16, torch.bfloat16)
        self.most = {torch.float32: 1e-5, torch.float16: 2e-3, torch.bfloat16: 1e-2}

    def sizes(self, usual, small):
        """What to check on; the small ones reach every path of the kernels that the usual ones do."""
        return small if self.small else usual

    def random(self, *shape, dtype=None, size=1.0):
        return (self.torch.randn(*shape, device=self.device) * size).to(dtype or self.torch.float32)

    def ints(self, values):
        return self.torch.tensor(values, dtype=self.torch.int64, device=self.device)

    def poison(self):
        """Leaves NaN in the memory that the next results will most likely get. A sanitizer sees for itself what was never written."""
        if self.small:
            return
        for size in (1 << 12, 1 << 16, 1 << 20, 1 << 24):
            self.torch.full((size,), math.nan, device=self.device)

    def error(self, got, wanted):
        wanted = wanted.double()
        return ((got.double() - wanted).norm() / wanted.norm().clamp_min(1e-30)).item()

    def close(self, what, got, wanted, most=None):
        error = self.error(got, wanted)
        if not error <= (most or self.most[got.dtype]):  # NaN never passes
            raise AssertionError(f"{what}: relative error {error:.2e}")

    def refuses(self, what, call):
        try:
            call()
        except RuntimeError:
            return
        raise AssertionError(f"{what} must be refused")

    def seconds(self, call, repeats=30):
        """Median by events, with the second-level cache flushed before each."""
        torch = self.torch
        flush = torch.empty(256 << 20, dtype=torch.uint8, device=self.device)
        for _ in range(3):
            call()
        times = []
        for _ in range(repeats):
            flush.random_()
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            call()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) / 1e3)
        return statistics.median(times)


@check
def norms(b):
    for dtype in b.types:
        for n, d in b.sizes(((1, 4096), (7, 100), (300, 4097), (3, 70000)), ((1, 4096), (7, 100), (2, 4097), (1, 70000))):
            x, w = b.random(n, d, dtype=dtype), b.random(d, dtype=dtype)
            b.poison()
            wanted = x.double() * (x.double().pow(2).mean(-1, True) + 1e-5).rsqrt() * w.double()
            b.close("rms_norm", b.ops.rms_norm(x, w, 1e-5), wanted)
    b.refuses("a weight of another size", lambda: b.ops.rms_norm(b.random(2, 8), b.random(9), 1e-5))
    b.refuses("a weight of another type", lambda: b.ops.rms_norm(b.random(2, 8), b.random(8, dtype=b.torch.float16), 1e-5))
    b.refuses("a weight on the CPU", lambda: b.ops.rms_norm(b.random(2, 8), b.random(8).cpu(), 1e-5))


@check
def silu_mul(b):
    for dtype in b.types:
        for n, m in b.sizes(((1, 14336), (5, 33), (70000, 8)), ((1, 1024), (5, 33), (300, 8))):
            x = b.random(n, 2 * m, dtype=dtype, size=3)
            b.poison()
            gate, up = x.double().chunk(2, -1)
            b.close("silu_mul", b.ops.silu_mul(x), b.torch.nn.functional.silu(gate) * up)
    b.refuses("an odd width", lambda: b.ops.silu_mul(b.random(2, 7)))


@check
def rotate_and_store(b):
    torch = b.torch
    for dtype in b.types:
        for h, kv, d, normed in ((32, 8, 128, False), (6, 2, 96, True), (5, 1, 6, True)):
            n, pool, empty = 33, 200, torch.empty(0, device=b.device)
            qkv, positions = b.random(n, h + 2 * kv, d, dtype=dtype), torch.randint(0, 500, (n,), device=b.device)
            cos, sin = b.random(500, d // 2), b.random(500, d // 2)
            norms = [b.random(d, dtype=dtype) for _ in range(2)] if normed else [empty.to(dtype)] * 2
            slots = torch.randperm(pool, device=b.device)[:n]
            keys, values = (torch.full((pool, kv, d), math.nan, device=b.device, dtype=dtype) for _ in range(2))
            b.poison()
            q = b.ops.rotate_and_store(qkv, cos, sin, positions, *norms, 1e-6, slots, keys, values)

            def turned(x, norm):
                x = x.double()
                if normed:
                    x = x * (x.pow(2).mean(-1, True) + 1e-6).rsqrt() * norm.double()
                a, c = x.chunk(2, -1)
                co, si = cos[positions].double().unsqueeze(1), sin[positions].double().unsqueeze(1)
                return torch.cat([a * co - c * si, c * co + a * si], -1)

            b.close("q", q, turned(qkv[:, :h], norms[0]))
            b.close("keys", keys[slots], turned(qkv[:, h:h + kv], norms[1]))
            b.close("values", values[slots], qkv[:, h + kv:])
            others = torch.ones(pool, dtype=torch.bool, device=b.device).index_fill(0, slots, False)
            assert keys[others].isnan().all() and values[others].isnan().all(), "another slot was written"


def pool_of(b, sequences, kv, d, block, dtype):
    """Keys, values (NaN where nobody looks), tables and the op's `sequences` for (rows, length) pairs."""
    torch, first, entry, lines = b.torch, 0, 0, []
    for rows, length in sequences:
        lines.append([first, rows, entry, length])
        first, entry = first + rows, entry + -(-length // block)
    tables = torch.randperm(entry + 3, device=b.device)[:entry]
    keys, values = (torch.full(((entry + 3) * block, kv, d), math.nan, device=b.device, dtype=dtype) for _ in range(2))
    slots = []
    for _, _, at, length in lines:
        places = torch.arange(length, device=b.device)
        slots.append(tables[at + places // block] * block + places % block)
        keys[slots[-1]], values[slots[-1]] = b.random(length, kv, d, dtype=dtype), b.random(length, kv, d, dtype=dtype)
    return keys, values, tables, b.ints(lines), slots, first


@check
def paged_attention(b):
    torch = b.torch
    shapes = [(32, 8, 128, 16, 0), (8, 2, 64, 1, 0), (20, 1, 64, 5, 0), (7, 1, 96, 16, 30), (4, 2, 256, 32, 0), (4, 2, 80, 16, 0)]
    batches = b.sizes([[(1, n) for n in (1, 15, 16, 17, 500, 4096)], [(700, 700), (64, 1000)], [(1, 9000)], [(1, 40), (99, 300), (3, 5), (1, 1)]],
                      [[(1, n) for n in (1, 16, 17, 100)], [(70, 70), (20, 90)], [(1, 1100)], [(1, 40), (19, 60), (3, 5), (1, 1)]])
    for dtype in b.types:
        for h, kv, d, block, window in shapes:
            for sequences in batches:
                keys, values, tables, lines, slots, n = pool_of(b, sequences, kv, d, block, dtype)
                q = b.random(n, h, d, dtype=dtype)
                b.poison()
                got, at = b.ops.paged_attention(q, keys, values, tables, lines, block, window), 0
                for (rows, length), own in zip(sequences, slots):
                    k, v = (p[own].double().repeat_interleave(h // kv, 1).transpose(0, 1) for p in (keys, values))
                    limit = torch.arange(length - rows, length, device=b.device).unsqueeze(1)
                    slot = torch.arange(length, device=b.device)
                    seen = (slot <= limit) & ((slot > limit - window) if window else True)
                    scores = q[at:at + rows].double().transpose(0, 1) @ k.transpose(1, 2) / math.sqrt(d)
                    wanted = scores.masked_fill(~seen, -math.inf).softmax(-1) @ v
                    b.close(f"{dtype} {h}/{kv}x{d} rows {rows} of {length}", got[at:at + rows],
                            wanted.transpose(0, 1).reshape(rows, h * d))
                    at += rows
    keys, values, tables, lines, _, n = pool_of(b, [(1, 40)], 2, 64, 16, torch.bfloat16)
    q = b.random(n, 4, 64, dtype=torch.bfloat16)
    tables[1] = 1 << 40
    torch.cuda.synchronize()  # tables are to be older than the kernel before
    assert b.ops.paged_attention(q, keys, values, tables, lines, 16, 0).isnan().all(), "a bad table must give NaN"
    b.refuses("int32 tables", lambda: b.ops.paged_attention(q, keys, values, tables.int(), lines, 16, 0))
    b.refuses("a block size of 0", lambda: b.ops.paged_attention(q, keys, values, tables, lines, 0, 0))
    b.refuses("3 heads on 2", lambda: b.ops.paged_attention(q[:, :3].contiguous(), keys, values, tables, lines, 16, 0))


@check
def linear(b):
    torch = b.torch
    for dtype in b.types:
        for out, size in b.sizes(((4096, 4096), (50, 40), (33, 2600), (17, 7)), ((96, 256), (50, 40), (33, 260), (17, 7))):
            weight, bias = b.random(out, size, dtype=dtype, size=0.05), b.random(out, dtype=dtype)
            for form, most in ((0, 1e-2), (8, 0.02), (4, 0.2), (9, 0.05)):
                packed = b.ops.pack_linear(weight, form)
                for n in b.sizes((1, 2, 3, 8, 9, 16, 17, 50, 200), (1, 3, 9, 17, 50)):
                    x = b.random(n, size + 8, dtype=dtype)[:, :size]
                    b.poison()
                    got, wanted = b.ops.linear(x, packed, bias, out, form), x.double() @ weight.double().T + bias.double()
                    # A dense product is cuBLAS', which may add up in 16 bits: 2e-2 for 8 x 2600 to 33 on an H200, in torch's own linear too.
                    own = 2 * b.error(torch.nn.functional.linear(x, weight, bias), wanted) if form == 0 else 0
                    b.close(f"linear {dtype}, format {form}, {n} x {size} to {out}", got, wanted, max(most, own))
            b.refuses("bytes of another weight", lambda: b.ops.linear(x, packed[1:], bias, out, 9))


def stored(b, out, size, groups):
    """A checkpoint's 4 bits: numbers, scales, zero points, and the weight that they stand for."""
    torch = b.torch
    numbers = torch.randint(0, 16, (out, size), device=b.device, dtype=torch.uint8)
    scales = torch.rand(out, groups, device=b.device).add(0.1).div(16).half().float()
    zeros = torch.randint(0, 17, (out, groups), device=b.device, dtype=torch.uint8)
    weight = (numbers.view(out, groups, -1).double() - zeros[..., None]) * scales[..., None].double()
    return numbers, scales, zeros, weight.view(out, size)


@check
def quantized(b):
    torch, none = b.torch, b.torch.empty(0, device=b.device, dtype=b.torch.uint8)
    for dtype in b.types:
        for out, size, groups in ((4096, 4096, 32), (4096, 14336, 112), (50, 40, 1), (33, 2592, 27), (17, 7, 1)):
            numbers, scales, zeros, weight = stored(b, out, size, groups)
            bias = b.random(out, dtype=dtype)
            for packed, meant in ((b.ops.pack_quantized(numbers, scales, zeros), weight),
                                  (b.ops.pack_quantized(numbers, scales, torch.full_like(zeros, 8)),
                                   weight + ((zeros.double() - 8) * scales.double()).repeat_interleave(size // groups, 1)),
                                  (b.ops.pack_quantized(numbers, scales, none),
                                   weight + ((zeros.double() - 8) * scales.double()).repeat_interleave(size // groups, 1))):
                for n in (1, 8, 9, 16, 17, 50, 200):
                    x = b.random(n, size + 8, dtype=dtype)[:, :size]
                    b.poison()
                    got, wanted = b.ops.linear(x, packed, bias, out, 5), x.double() @ meant.T + bias.double()
                    own = 2 * b.error(torch.nn.functional.linear(x, meant.to(dtype), bias), wanted)
                    b.close(f"linear {dtype}, 4 bits of a checkpoint, {n} x {size} to {out}", got, wanted, max(1e-2, own))
            b.refuses("bytes of another weight", lambda: b.ops.linear(x, packed[1:], bias, out, 5))
    b.refuses("groups of 16", lambda: b.ops.pack_quantized(numbers.new_zeros(8, 64), scales.new_ones(8, 4), none))


@check
def layer(b):
    """The operators of a whole layer against the single ones."""
    torch, ops, hidden, heads, kv, size, inner, eps = b.torch, b.ops, 256, 8, 2, 64, 520, 1e-6
    for dtype in b.types:
        for form in (0, 8, 4, 9):
            def matrix(out, into):
                packed = ops.pack_linear(b.random(out, into, dtype=dtype, size=into ** -0.5), form)
                return packed, b.random(out, dtype=dtype), out, form

            qkv, output = matrix((heads + 2 * kv) * size, hidden), matrix(hidden, heads * size)
            gate_up, down = matrix(2 * inner, hidden), matrix(hidden, inner)
            norms, empty = [b.random(hidden, dtype=dtype) for _ in range(2)], torch.empty(0, device=b.device, dtype=dtype)
            cos, sin = b.random(128, size // 2), b.random(128, size // 2)
            for n in (1, 3, 5, 100):
                at, paging = b.ints(range(n)), (b.ints(range(8)), b.ints([[0, n, 0, n]]), 16, 0)
                placement = cos, sin, at, empty, empty, eps, at
                own, single = ([torch.zeros(128, kv, size, device=b.device, dtype=dtype) for _ in range(2)] for _ in range(2))
                what, x = f"{dtype}, format {form}, {n} rows", b.random(n, hidden, dtype=dtype)
                b.poison()
                attended = ops.project_and_attend(x, norms[0], *qkv, *placement, *own, *paging)
                q = ops.rotate_and_store(ops.linear(ops.rms_norm(x, norms[0], eps), *qkv).view(n, -1, size), *placement, *single)
                b.close(f"project_and_attend {what}", attended, ops.paged_attention(q, *single, *paging))
                b.close(f"keys {what}", own[0], single[0])
                b.close(f"values {what}", own[1], single[1])
                residual = x + ops.linear(attended, *output)
                gated = ops.silu_mul(ops.linear(ops.rms_norm(residual, norms[1], eps), *gate_up))
                b.poison()
                ops.finish_layer(x, attended, *output, norms[1], *gate_up, *down, eps)
                b.close(f"finish_layer {what}", x, residual + ops.linear(gated, *down))
            b.refuses("another width", lambda: ops.finish_layer(x[:, 1:].contiguous(), attended, *output, norms[1], *gate_up, *down, eps))
            b.refuses("a matrix of another width", lambda: ops.finish_layer(x, attended, *output, norms[1], *gate_up, *output, eps))


@check
def greedy(b):
    torch = b.torch
    for rows, vocab in b.sizes(((1, 128256), (64, 32000), (5, 7)), ((2, 3000), (5, 7))):
        logits = b.random(rows, vocab, size=3)
        logits[0, vocab // 2:] = logits.max() + 1  # a tie, of which the first counts
        wanted = (logits == logits.max(1, True).values).int().argmax(1)
        assert torch.equal(b.ops.greedy(logits), wanted), "not the first of the likeliest"
        for bad in (math.nan, math.inf, -math.inf):
            spoilt = logits.clone()
            spoilt[-1, vocab - 1] = bad
            assert torch.equal(b.ops.greedy(spoilt), torch.cat([wanted[:-1], wanted.new_tensor([-1])])), f"{bad} went unnoticed"
    b.refuses("other types", lambda: b.ops.greedy(logits.half()))


@check
def sample(b):
    torch, vocab, rows = b.torch, b.sizes(32000, 3000), 4
    logits = b.random(rows, vocab, size=3)
    for top_p, min_p, top_k in ((1, 0, 0), (0.9, 0, 0), (1, 0.05, 0), (1, 0, 40), (0.8, 0.01, 50)):
        for _ in range(b.sizes(20, 2)):
            u = torch.rand(rows, dtype=torch.float64).tolist()
            knobs = torch.tensor([[0.8, top_p, min_p, x] for x in u], dtype=torch.float64, device=b.device)
            got = b.ops.sample(logits, b.ints(range(rows)), knobs, b.ints([top_k] * rows))
            p = (logits.double() / 0.8).softmax(-1)
            order = torch.arange(vocab, device=b.device).expand(rows, -1)
            if top_p < 1 or min_p > 0 or top_k > 0:
                p, order = p.sort(dim=-1, descending=True, stable=True)
                p = p * (p >= min_p * p[:, :1])
                p[:, top_k or vocab:] = 0
                p = p * (p.cumsum(-1) - p < top_p * p.sum(-1, True))
            cdf = p.cumsum(-1)
            place = (order == got.unsqueeze(1)).long().argmax(-1, keepdim=True)
            high, mark = cdf.gather(1, place), torch.tensor(u, device=b.device).unsqueeze(1) * cdf[:, -1:]
            low = high - p.gather(1, place)
            assert ((mark >= low - 1e-5) & (mark <= high + 1e-5)).all(), "a draw does not fall where it should"


def weights_of(b, shape, dtype):
    make = lambda size: None if not size else b.random(*size, dtype=dtype, size=1 if len(size) == 1 else 1 / math.sqrt(size[-1]))
    return [make(size) for size in gpu_program.weight_shapes(shape)]


THETA = 5e5


def rope_of(b, positions, size):
    angles = b.torch.outer(b.torch.arange(positions).float(), THETA ** -(b.torch.arange(0, size, 2).float() / size)).to(b.device)
    return angles.cos(), angles.sin()


def after_prompt(b, shape, weights, number, prompt, rope):
    """What the program says comes after `prompt`, the last token in a step of its own: ids and log-probabilities of the
    likelier half of the vocabulary."""
    torch, top, module, out = b.torch, shape[6] // 2, None, None
    for tokens, computed in ((prompt[:-1], 0), (prompt[-1:], len(prompt) - 1)):
        ints, counts, groups, _ = gpu_program.batch([(tokens, computed)], 16, top)
        module = module or gpu_program.load(torch, shape, weights, number, 16, 16 * -(-len(prompt) // 16), rope)
        out = module.step(b.ints(ints), torch.empty(0, dtype=torch.float64, device=b.device), counts, groups)
    return out[2:2 + top].long(), out[3 + top:]


def same_logits(b, what, ids, logprobs, wanted, most):
    """Log-probabilities less their mean: what they have in common says nothing about the model."""
    wanted = wanted.double().cpu()[ids]
    b.close(what, logprobs - logprobs.mean(), wanted - wanted.mean(), most)


@check
def program(b):
    """The whole model program against float32 without paging."""
    torch, shape = b.torch, gpu_program.SHAPES["tiny"]
    for dtype, number, most in ((torch.float32, 6, 1e-4), (torch.bfloat16, 15, 3e-2)):
        weights, rope = weights_of(b, shape, dtype), rope_of(b, 256, shape[4])
        prompt = torch.randint(0, shape[6], (50,)).tolist()
        ids, logprobs = after_prompt(b, shape, weights, number, prompt, rope)
        same_logits(b, f"program {dtype}", ids, logprobs, gpu_program.reference(torch, shape, weights, prompt, rope), most)


@check
def program_against_transformers(b):
    """The same against transformers, which computes in float32 from the same numbers; the shape of Llama 8B included."""
    torch = b.torch
    try:
        import transformers  # noqa: F401
    except ImportError:
        print("program_against_transformers: SKIPPED: no transformers here (pip install transformers)", flush=True)
        return
    for name, dtype, number, most in (("tiny", torch.float32, 6, 1e-4), ("llama-8b", torch.bfloat16, 15, 5e-2)):
        shape = gpu_program.SHAPES[name]
        weights, rope = weights_of(b, shape, dtype), rope_of(b, 1024, shape[4])
        prompt = torch.randint(0, shape[6], (777,)).tolist()
        ids, logprobs = after_prompt(b, shape, weights, number, prompt, rope)
        model = gpu_program.transformers_model(torch, shape, weights, THETA)
        del weights
        wanted = model(b.ints([prompt])).logits[0, -1].log_softmax(-1)
        same_logits(b, f"transformers' {name} {dtype}", ids, logprobs, wanted, most)


@timing
def ceilings(b):
    torch, count = b.torch, 1 << 30
    source = b.random(count // 4)
    target = torch.empty_like(source)
    copy = 2 * count / b.seconds(lambda: target.copy_(source))
    a, c = (b.random(8192, 8192, dtype=torch.bfloat16) for _ in range(2))
    product = 2 * 8192 ** 3 / b.seconds(lambda: a @ c)
    b.copy, b.product = copy, product
    return [("copy", copy, None), ("matmul bf16", None, product)]


@timing
def attention_decode(b):
    rows = []
    for count, length in ((1, 2048), (64, 2048), (64, 4096)):
        keys, values, tables, lines, _, n = pool_of(b, [(1, length)] * count, 8, 128, 16, b.torch.bfloat16)
        q = b.random(n, 32, 128, dtype=b.torch.bfloat16)
        s = b.seconds(lambda: b.ops.paged_attention(q, keys, values, tables, lines, 16, 0))
        rows.append((f"attention decode {count} x {length}", count * length * 8 * 128 * 4 / s, None))
    return rows


@timing
def attention_prefill(b):
    keys, values, tables, lines, _, n = pool_of(b, [(8192, 8192)], 8, 128, 16, b.torch.bfloat16)
    q = b.random(n, 32, 128, dtype=b.torch.bfloat16)
    s = b.seconds(lambda: b.ops.paged_attention(q, keys, values, tables, lines, 16, 0))
    return [("attention prefill 8192", None, 2 * 8192 ** 2 * 32 * 128 / s)]


@timing
def linear_few_rows(b):
    rows, empty = [], b.torch.empty(0, device=b.device, dtype=b.torch.bfloat16)
    for form, shapes, counts in ((0, ((28672, 4096), (4096, 14336), (6144, 4096), (4096, 4096)), (1, 2, 3, 4, 5, 8)),
                                 (8, ((28672, 4096), (4096, 14336), (4096, 4096)), (1, 16, 32, 64)), (4, ((28672, 4096),), (1, 16, 64)), (9, ((28672, 4096),), (1, 16, 64))):
        for out, size in shapes:
            packed = b.ops.pack_linear(b.random(out, size, dtype=b.torch.bfloat16), form)
            for n in counts:
                x = b.random(n, size, dtype=b.torch.bfloat16)
                s = b.seconds(lambda: b.ops.linear(x, packed, empty, out, form))
                rows.append((f"linear format {form}, {n} x {size} to {out}: {s * 1e6:.0f} us", packed.numel() / s, None))
    out, size = 28672, 4096
    packed = b.ops.pack_quantized(*stored(b, out, size, size // 128)[:3])
    for n in (1, 16, 64):
        x = b.random(n, size, dtype=b.torch.bfloat16)
        s = b.seconds(lambda: b.ops.linear(x, packed, empty, out, 5))
        rows.append((f"linear format 5, {n} x {size} to {out}: {s * 1e6:.0f} us", packed.numel() / s, None))
    return rows


@timing
def prefill(b):
    """One prompt of 8192 tokens through the program in the Llama 8B shape, one token sampled greedily."""
    torch, shape, tokens = b.torch, gpu_program.SHAPES["llama-8b"], 8192
    layers, hidden, heads, kv, size, ffn, vocab = shape
    weights, rope = weights_of(b, shape, torch.bfloat16), rope_of(b, tokens, size)
    ints, counts, groups, slots = gpu_program.batch([(torch.randint(0, vocab, (tokens,)).tolist(), 0)], 16)
    module = gpu_program.load(torch, shape, weights, 15, 16, slots, rope)
    del weights
    numbers, reals = b.ints(ints), torch.empty(0, dtype=torch.float64, device=b.device)
    s = b.seconds(lambda: module.step(numbers, reals, counts, groups), 7)
    products = layers * 2 * tokens * hidden * ((2 * heads + 2 * kv) * size + 3 * ffn)
    attention = layers * 2 * tokens ** 2 * heads * size  # half of the square is seen
    return [(f"prefill llama-8b {tokens}: {s * 1e3:.0f} ms", None, (products + attention) / s)]


@timing
def step(b):
    """Whole greedy decode steps of the program in the Llama 8B shape: bytes are the weights and the context read."""
    torch, rows = b.torch, []
    shape = gpu_program.SHAPES["llama-8b"]
    weights, rope = weights_of(b, shape, torch.bfloat16), rope_of(b, 2304, shape[4])
    dense = 2 * weights[2].numel()  # the head; the rest of what is read is the layers'
    layers = sum(w.numel() for w in weights[4:] if w is not None)
    for form, bytes_each in ((0, 2), (9, 1), (8, 1 + 1 / 16), (4, 1 / 2 + 1 / 16)):
        module = gpu_program.load(torch, shape, weights, 15, 16, 64 * 2048, rope, form)
        for pool in [*module.keys, *module.values]:
            pool.normal_()
        for count in (1, 2, 4, 8, 64):
            ints, counts, groups, _ = gpu_program.batch([([7], 2047)] * count, 16)
            numbers, reals = b.ints(ints), torch.empty(0, dtype=torch.float64, device=b.device)
            s = b.seconds(lambda: module.step(numbers, reals, counts, groups), 20)
            moved = dense + layers * bytes_each + count * 2048 * shape[0] * shape[3] * shape[4] * 4
            rows.append((f"step llama-8b format {form}, {count} x 2048: {s * 1e3:.2f} ms", moved / s, None))
        del module
        torch.cuda.empty_cache()
    return rows


@timing
def host(b):
    """What the host takes for one layer of a decode step: the difference between a deep and a shallow model, so narrow that the
    device waits for the host."""
    torch, rows, (deep, shallow) = b.torch, [], (32, 2)
    for form in (0, 8):
        for count in (1, 4, 8, 64):
            ints, counts, groups, slots = gpu_program.batch([([7], 15)] * count, 16)
            numbers, reals, seconds = b.ints(ints), torch.empty(0, dtype=torch.float64, device=b.device), {}
            for layers in (deep, shallow):
                shape = (layers, *gpu_program.SHAPES["tiny"][1:])
                module = gpu_program.load(torch, shape, weights_of(b, shape, torch.bfloat16), 15, 16, slots, rope_of(b, 256, shape[4]), form)
                times = []
                for _ in range(60):
                    begin = time.perf_counter()
                    module.step(numbers, reals, counts, groups)  # ends with a copy to the host
                    times.append(time.perf_counter() - begin)
                seconds[layers] = statistics.median(times[10:])
            layer = (seconds[deep] - seconds[shallow]) / (deep - shallow)
            rows.append((f"host, format {form}, {count} sequences: {layer * 1e6:.1f} us a layer, "
                         f"{(seconds[shallow] - shallow * layer) * 1e6:.0f} us around them", None, None))
    return rows


def build():
    """Both libraries; the CPU one defines the ops."""
    capability = "PIGOU_CUDA_ARCHITECTURES=native"
    for command in (["cmake", "-S", str(HERE), "-B", str(BUILD), "-DPIGOU_CUDA=ON", "-D" + capability],
                    ["cmake", "--build", str(BUILD), "--parallel", "--target", "pigou_cpu", "pigou_cuda"]):
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            raise SystemExit(2)
    return [BUILD / f"libpigou_{name}.so" for name in ("cpu", "cuda")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="checks only, no timings")
    parser.add_argument("--small", action="store_true", help="the kernels' checks only, as small as a sanitizer needs them")
    parser.add_argument("--sanitize", action="store_true", help="those under compute-sanitizer: " + ", ".join(gpu_sanitize.TOOLS))
    parser.add_argument("--only", metavar="NAME", help="one check or timing: " + ", ".join([*CHECKS, *TIMINGS]))
    parser.add_argument("--json", metavar="FILE", help="write the results there, and as markdown beside it")
    options = parser.parse_args()
    if options.only and options.only not in {**CHECKS, **TIMINGS}:
        parser.error(f"no check or timing is called {options.only}")
    if (options.small or options.sanitize) and options.only and (options.only in WHOLE or options.only in TIMINGS):
        parser.error(f"{options.only} is not one of the kernels' checks")
    try:
        import torch
    except ImportError:
        print("check_gpu: there is no torch in this Python. Install it for CUDA: pip install torch", file=sys.stderr)
        return 2
    if not torch.cuda.is_available():
        print("check_gpu: torch sees no NVIDIA GPU. Is the driver loaded, and is this torch a CUDA build?", file=sys.stderr)
        return 2
    libraries = build()
    if options.sanitize:
        return gpu_sanitize.main(options.only)
    for library in libraries:
        torch.ops.load_library(str(library))
    torch.set_grad_enabled(False)
    torch.backends.cuda.matmul.allow_tf32 = False
    b, failed, checks, rows = Bench(torch, options.small), 0, [], []
    for name, function in CHECKS.items():
        if options.only not in (None, name) or (options.small and name in WHOLE):
            continue
        try:
            function(b)
            torch.cuda.synchronize()
            outcome = "ok"
        except (AssertionError, RuntimeError) as error:
            outcome, failed = f"FAILED: {error}", failed + 1
        checks.append({"check": name, "outcome": outcome})
        print(f"{name}: {outcome}", flush=True)
    if not (options.quick or options.small) and not failed and (options.only is None or options.only in TIMINGS):
        for name, function in TIMINGS.items():
            if name == "ceilings" or options.only in (None, name):
                for what, bandwidth, rate in function(b):
                    rows.append({"what": what, "GB/s": round(bandwidth / 1e9) if bandwidth else "",
                                 "of copy": f"{bandwidth / b.copy:.0%}" if bandwidth else "",
                                 "TFLOP/s": round(rate / 1e12, 1) if rate else "",
                                 "of matmul": f"{rate / b.product:.0%}" if rate else ""})
        text = gpu_program.table(rows, ["what", "GB/s", "of copy", "TFLOP/s", "of matmul"])
        print(f"\n{torch.cuda.get_device_name()}, torch {torch.__version__}\n\n{text}")
        if options.json:
            pathlib.Path(options.json).with_suffix(".md").write_text(text + "\n")
    if options.json:
        result = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "checks": checks, "timings": rows}
        pathlib.Path(options.json).write_text(json.dumps(result, indent=2) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
