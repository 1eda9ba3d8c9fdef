"""Renders templates with Python's Jinja2, set up as Hugging Face sets it up, and writes resources/jinja/golden.json.

Run from engine/src/test with jinja2 3.1; the Java tests read only what it writes. A probe that is wrong at render
time is recorded as an error without its words: both sides must refuse it, each in its own.
"""

import datetime
import itertools
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox
from jinja2 import nodes

from probes import PROBES, VARIABLES

NOW = datetime.datetime(2026, 3, 7, 9, 5, 3)


class Generation(jinja2.ext.Extension):
    """{% generation %}: renders its body."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Raised(Exception):
    """What raise_exception raises; its words are compared."""


def raise_exception(message):
    raise Raised(message)


def environment(sandbox):
    env = sandbox(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"])
    env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(env, source, variables):
    try:
        return {"output": env.from_string(source).render(**variables)}
    except jinja2.TemplateSyntaxError as error:
        raise SystemExit(f"{source!r}: {error}") from error
    except Raised as error:
        return {"raised": str(error)}
    except Exception as error:  # whatever Python throws at misuse
        return {"error": str(error)}


def tool(name, properties, required, description="Looks something up.\nSecond line."):
    return {"type": "function", "function": {"name": name, "description": description, "parameters": {
        "type": "object", "properties": properties, "required": required}}}


TOOLS = [
    tool("get_weather", {"city": {"type": "string", "description": "Where? \"quoted\" é"},
                         "days": {"type": "integer", "default": 3, "minimum": 1.5},
                         "unit": {"type": ["string", "null"], "enum": ["C", "F"]}}, ["city"]),
    tool("search", {"filters": {"type": "array", "items": {"type": "object", "properties": {
        "on": {"type": "boolean"}}, "required": []}}, "any": {}}, []),
]


def call(name, arguments, identifier="abc123def"):
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


SYSTEM = {"role": "system", "content": "  You are Pigou.\nBe fair.  "}
CONVERSATIONS = {
    "one": [{"role": "user", "content": "Hi"}],
    "system": [SYSTEM, {"role": "user", "content": "  What is 17 + 25?\n"}],
    "turns": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " <think>\nhm\n</think>\n\nb "},
              {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}, {"role": "user", "content": "e"}],
    "unicode": [SYSTEM, {"role": "user", "content": "你好 👩‍👩‍👧 é ‮x 'q' \"r\" <b>&amp;</b> {{ no }} {% if %}"}],
    "empty": [{"role": "user", "content": ""}],
    "null": [{"role": "user", "content": "x"}, {"role": "assistant", "content": None}, {"role": "user", "content": "y"}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": " one "}, {"type": "image_url", "image_url": {}},
                                           {"type": "text", "text": "two"}]}],
    "call": [SYSTEM, {"role": "user", "content": "Weather?"},
             {"role": "assistant", "content": "", "tool_calls": [call("get_weather", {"city": "Rhône", "days": 2})]},
             {"role": "tool", "content": "{\"t\": 21.5}", "tool_call_id": "abc123def", "name": "get_weather"},
             {"role": "assistant", "content": "21.5"}, {"role": "user", "content": "Thanks"}],
    "calls": [{"role": "user", "content": "Both?"},
              {"role": "assistant", "content": "Let me see.", "tool_calls": [
                  call("get_weather", {"city": "A", "deep": {"x": [1, 2.5, None, True]}}), call("search", {})]},
              {"role": "tool", "content": "1", "tool_call_id": "abc123def"},
              {"role": "tool", "content": "2", "tool_call_id": "abc123def"}],
    "wrong-turns": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
    "odd-role": [{"role": "critic", "content": "a"}],
    "none": [],
}


def renders(env):
    templates = sorted(pathlib.Path("resources/jinja/templates").glob("*.jinja"))
    for path, name, tools, prompt in itertools.product(templates, CONVERSATIONS, (None, TOOLS), (True, False)):
        for extra in ({}, {"enable_thinking": False, "tools_in_user_message": False}):
            if extra and (prompt or path.stem not in ("qwen3", "llama3")):
                continue
            variables = {"messages": CONVERSATIONS[name], "tools": tools, "documents": None,
                         "add_generation_prompt": prompt, "bos_token": "<s>", "eos_token": "</s>", **extra}
            yield {"template": path.stem, "conversation": name, "tools": tools is not None, "prompt": prompt,
                   "extra": extra, **render(env, path.read_text(encoding="utf-8"), variables)}


def main():
    strict = environment(jinja2.sandbox.ImmutableSandboxedEnvironment)
    lenient = environment(jinja2.sandbox.SandboxedEnvironment)
    golden = {
        "now": NOW.isoformat(), "tools": TOOLS, "conversations": CONVERSATIONS, "variables": VARIABLES,
        "renders": list(renders(strict)),
        "probes": [{"source": source, **render(lenient, source, VARIABLES)} for source in PROBES],
    }
    text = json.dumps(golden, ensure_ascii=True, indent=0) + "\n"
    pathlib.Path("resources/jinja/golden.json").write_text(text, encoding="utf-8")
    print(len(golden["renders"]), "renders,", len(golden["probes"]), "probes,",
          sum("output" not in p for p in golden["probes"]), "of them errors")


if __name__ == "__main__":
    main()
