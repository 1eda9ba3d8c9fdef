"""Writes resources/text/byte-fallback/tokenizer.json: a small tokenizer in the style of SentencePiece models.

Pieces carry their leading space as U+2581, characters outside the vocabulary become byte tokens <0xNN>, and the decoder
drops the first space of a text. Run from engine/src/test; standard library only.
"""

import json
import pathlib

WORDS = "the quick brown fox jumps over lazy dog hello world caf\u00e9 na\u00efve 42".split()
SPACE = "\u2581"


def pieces_and_merges():
    characters = sorted(set("".join(WORDS)) | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?") | {SPACE})
    pieces, merges = list(characters), []
    for word in WORDS:
        current = SPACE
        for character in word:
            joined = current + character
            if joined not in pieces:
                pieces.append(joined)
                merges.append([current, character])
            current = joined
    for count in (2, 4, 8):
        pieces.append(SPACE * count)
        merges.append([SPACE * (count // 2)] * 2)
    return pieces, merges


def special(token_id, content):
    return {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True}


def tokenizer():
    pieces, merges = pieces_and_merges()
    specials = ["<unk>", "<s>", "</s>"]
    names = specials + [f"<0x{byte:02X}>" for byte in range(256)] + pieces
    return {
        "version": "1.0",
        # Both on purpose: a server must not heed them.
        "truncation": {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
        "padding": {"strategy": {"Fixed": 16}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "<unk>"},
        "added_tokens": [special(i, name) for i, name in enumerate(specials)],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": SPACE},
            {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}]},
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
            {"type": "ByteFallback"},
            {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False,
                  "vocab": {name: i for i, name in enumerate(names)},
                  "merges": [" ".join(pair) for pair in merges]},
    }


if __name__ == "__main__":
    target = pathlib.Path("resources/text/byte-fallback/tokenizer.json")
    target.write_text(json.dumps(tokenizer(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
