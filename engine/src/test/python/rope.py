"""Rotary frequencies in float64, written from the papers and from transformers' modeling_rope_utils.

Independent of the Java: the tables in src/test/resources/rotary are printed by `python3 rope.py`.
"""
import json
import math
import sys

import numpy as np


def scaling_of(config):
    """(type, parameters) of either spelling of the rotary settings."""
    rope = config.get("rope_scaling") or config.get("rope_parameters") or {}
    return rope.get("rope_type") or rope.get("type") or "default", rope


def theta_of(config):
    return float(config.get("rope_theta") or (config.get("rope_parameters") or {}).get("rope_theta") or 10000.0)


def inverse_frequencies(theta, dim):
    return 1.0 / theta ** (np.arange(0, dim, 2, dtype=np.float64) / dim)


def yarn(config, rope, dim):
    original = rope.get("original_max_position_embeddings") or config["max_position_embeddings"]
    factor = rope.get("factor") or config["max_position_embeddings"] / original
    theta = theta_of(config)

    def correction_dim(rotations):
        return dim * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(theta))

    low, high = correction_dim(rope.get("beta_fast", 32)), correction_dim(rope.get("beta_slow", 1))
    if rope.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, dim - 1)
    if low == high:
        high += 0.001
    ramp = np.clip((np.arange(dim // 2, dtype=np.float64) - low) / (high - low), 0, 1)
    extrapolated = inverse_frequencies(theta, dim)
    frequencies = (extrapolated / factor) * ramp + extrapolated * (1 - ramp)

    def mscale(scale, m=1.0):
        return 1.0 if scale <= 1 else 0.1 * m * math.log(scale) + 1.0

    attention = rope.get("attention_factor")
    if attention is None:
        m, m_all = rope.get("mscale"), rope.get("mscale_all_dim")
        attention = mscale(factor, m) / mscale(factor, m_all) if m and m_all else mscale(factor)
    return frequencies, attention


def llama3(rope, plain):
    factor, low, high = rope["factor"], rope["low_freq_factor"], rope["high_freq_factor"]
    original = rope["original_max_position_embeddings"]
    wavelength = 2 * np.pi / plain
    smooth = (original / wavelength - low) / (high - low)
    blended = (1 - smooth) * plain / factor + smooth * plain
    scaled = np.where(wavelength > original / low, plain / factor, plain)
    medium = (wavelength >= original / high) & (wavelength <= original / low)
    return np.where(medium, blended, scaled)


def frequencies(config, dim, position):
    """(frequencies of the pairs, factor on cosine and sine) for a token at `position`.

    dynamic: the base of a sequence that ends at this token, as in token-by-token decoding.
    """
    kind, rope = scaling_of(config)
    theta = theta_of(config)
    plain = inverse_frequencies(theta, dim)
    if kind == "default":
        return plain, 1.0
    if kind == "linear":
        return plain / rope["factor"], 1.0
    if kind == "dynamic":
        longest = config["max_position_embeddings"]
        length = max(position + 1, longest)
        stretch = rope["factor"] * length / longest - (rope["factor"] - 1)
        return inverse_frequencies(theta * stretch ** (dim / (dim - 2)), dim), 1.0
    if kind == "yarn":
        return yarn(config, rope, dim)
    if kind == "llama3":
        return llama3(rope, plain), 1.0
    raise SystemExit(f"rope type {kind} not handled")


def table(config, dim, positions):
    """cos and sin, each [len(positions), dim / 2]."""
    cos, sin = [], []
    for p in positions:
        inverse, factor = frequencies(config, dim, int(p))
        cos.append(np.cos(p * inverse) * factor)
        sin.append(np.sin(p * inverse) * factor)
    return np.array(cos), np.array(sin)


LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 512}
CASES = {
    "default": {"rope_theta": 10000.0},
    "linear": {"rope_scaling": {"type": "linear", "factor": 2.5}},
    "dynamic": {"rope_scaling": {"rope_type": "dynamic", "factor": 3.0}},
    "yarn": {"rope_theta": 1e6, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
                                                 "original_max_position_embeddings": 256}},
    "yarn-untruncated": {"rope_scaling": {"rope_type": "yarn", "factor": 8.0, "truncate": False, "beta_fast": 16,
                                          "beta_slow": 2, "original_max_position_embeddings": 128}},
    "yarn-attention-factor": {"rope_scaling": {"rope_type": "yarn", "factor": 2.0, "attention_factor": 1.25}},
    "yarn-mscale": {"rope_scaling": {"rope_type": "yarn", "factor": 40.0, "mscale": 0.8, "mscale_all_dim": 1.3,
                                     "original_max_position_embeddings": 64}},
    "yarn-factor-from-lengths": {"rope_scaling": {"rope_type": "yarn", "original_max_position_embeddings": 64}},
    "llama3": {"rope_theta": 500000.0, "rope_scaling": LLAMA3},
    "rope-parameters": {"rope_parameters": dict(LLAMA3, rope_theta=250000.0)},
}
POSITIONS = [0, 1, 7, 100, 255, 256, 257, 400, 1023]


def main():
    cases = []
    for name, settings in CASES.items():
        config = dict(settings, max_position_embeddings=256)
        cos, sin = table(config, 32, POSITIONS)
        cases.append({"name": name, "config": config, "cos": cos.tolist(), "sin": sin.tolist()})
    json.dump({"head_dim": 32, "positions": POSITIONS, "cases": cases}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
