"""Documents made to bring a reader down: each a function from a random source to content and suffix."""

from __future__ import annotations

import random
from collections.abc import Callable

Rng = random.Random
Made = tuple[str | bytes, str]
HEAD = "steps: 100\nlr: 1\n"
ATTACKS: dict[str, Callable[[Rng], Made]] = {}

ESCAPES = (
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "(lambda: 0)()",
    "[x for x in (1,)]",
    "f'{t}'",
    "t.__class__",
    "np.load('x')",
    "math.os.system",
    "open('/etc/passwd')",
    "exec('1')",
    "(yield)",
    "(t := 1)",
    "await t",
    "t[0]",
    "{}",
    "'x' * 9999999999",
    "globals()",
    "lambda epoch: (lambda: 1)()",
    "lambda epoch, x=1: x",
    "lambda *t: t",
    "9**9**9**9**9",
    "10**400",
    "1 << 99999999",
    "max(*t)",
    "where(t)",
    "u if",
    "t\x00u",
    "1e400",
    "1j",
    "...",
    "True",
    "b'x'",
)
PLACES = ("/dev/zero", "/dev/full", "/dev/null", "/dev/random", "/dev/tty", "fifo", "folder", ".", "/", "loop.csv")


def attack(make: Callable[[Rng], Made]) -> Callable[[Rng], Made]:
    """List an attack under its function's name."""
    ATTACKS[make.__name__.replace("_", " ")] = make
    return make


@attack
def alias_bomb(rng: Rng) -> Made:
    """Aliases of aliases, as lists or as mappings."""
    width, height = rng.randint(2, 12), rng.randint(2, 40)
    lines = ["a0: &a0 [x, x]"]
    for i in range(1, height):
        items = ", ".join(f"*a{i - 1}" if rng.random() < 0.5 else f"{{k: *a{i - 1}}}" for _ in range(width))
        lines.append(f"a{i}: &a{i} [{items}]")
    return HEAD + "\n".join(lines) + f"\nschedule: *a{height - 1}\n", "yaml"


@attack
def alias_of_itself(rng: Rng) -> Made:
    """An anchor around its own alias."""
    return HEAD + rng.choice(("schedule: &a [*a]", "schedule: &a {of: *a}", "schedule: &a {? *a : 1}")), "yaml"


@attack
def deep_nesting(rng: Rng) -> Made:
    """Brackets upon brackets, closed or not."""
    suffix = rng.choice(("yaml", "json", "toml"))
    begin, end = (
        rng.choice((("[", "]"), ("{a = ", "}"))) if suffix == "toml" else rng.choice((("[", "]"), ('{"a":', "}")))
    )
    depth = rng.choice((10, 49, 50, 51, 100, 1_000, 30_000))
    body = begin * depth + "1" + end * (depth if rng.random() < 0.5 else 0)
    return (f"steps = 1\nschedule = {body}\n" if suffix == "toml" else f'{{"steps": 1, "schedule": {body}}}'), suffix


@attack
def deep_toml_keys(rng: Rng) -> Made:
    """Dotted keys and tables as deep as they go."""
    path = ".".join("a" * rng.choice((10, 60, 500, 3_000)))
    return rng.choice((f"{path} = 1\n", f"[{path}]\nb = 1\n", f"[[{path}]]\nb = 1\n" * 3)), "toml"


@attack
def deep_phases(rng: Rng) -> Made:
    """Schedules in schedules, or very many of them."""
    count = rng.choice((5, 20, 45, 60))
    inner = rng.choice(("{kind: repeat, times: 2, of: ", "{kind: product, of: [", "["))
    close = {"{kind: repeat, times: 2, of: ": "}", "{kind: product, of: [": "]}", "[": "]"}[inner]
    return f"{HEAD}schedule: {inner * count}cosine{close * count}\n", "yaml"


@attack
def very_many(rng: Rng) -> Made:
    """Long lists: phases, milestones, points, groups, faults."""
    count = rng.choice((100, 3_000, 20_000))
    body = {
        "phases": lambda: "schedule: [" + "{kind: constant, for: 1}, " * (count // 20) + "linear]",
        "milestones": lambda: f"schedule: {{kind: multistep, milestones: {list(range(count))}}}",
        "points": lambda: "schedule: {kind: points, at: {" + ", ".join(f"{i}: {i}" for i in range(count)) + "}}",
        "groups": lambda: (
            "schedule: cosine\ngroups: {" + ", ".join(f"g{i}: {{lr: 1}}" for i in range(count // 50)) + "}"
        ),
        "faults": lambda: "schedule: {kind: cosine, " + ", ".join(f"x{i}: 1" for i in range(count)) + "}",
        "bad items": lambda: f"schedule: {{kind: multistep, milestones: [{'x, ' * count}]}}",
        "layers": lambda: f"schedule: cosine\nlayer_decay: {{layers: {count // 20}, decay: 0.9}}",
        "factors": lambda: "schedule: {kind: product, of: [" + "linear, " * (count // 20) + "]}",
        "same key": lambda: "schedule: cosine\n" + "lr: 1\n" * count,
    }
    return HEAD + rng.choice(list(body.values()))() + "\n", "yaml"


@attack
def huge_number(rng: Rng) -> Made:
    """Numbers of thousands of digits, in every language."""
    digits = rng.choice(("9", "1", "0")) * rng.choice((300, 301, 4_300, 4_301, 100_000))
    number = rng.choice(("{}", "0x{}", "{}e5", "1e{}", "1e-{}", "{}.{}", "1/{}", "{}/1", "0o{}", "1_{}")).replace(
        "{}", digits
    )
    field = rng.choice(("steps", "lr", "momentum", "epochs"))
    if rng.random() < 0.3:
        return f"{field} = {number}\nschedule = 'cosine'\n", "toml"
    return f"{field}: {number}\nschedule: cosine\n", "yaml"


@attack
def huge_run(rng: Rng) -> Made:
    """Runs, cycles and repetitions too many to count one by one."""
    steps = rng.choice(("1T", "9007199254740992", "9007199254740991", "1000T"))
    schedule = rng.choice(
        (
            "{kind: repeat, times: 1000000000000, of: {kind: linear, for: 1}}",
            "{kind: cosine_restarts, period: 1, mult: 1.000000001}",
            "{kind: cosine_restarts, period: 1}",
            "{kind: cyclic, up: 1, down: 0, mode: exp_range, gamma: 0.999}",
            "{kind: step, every: 1, gamma: 1.0000000001}",
            "{kind: expression, value: 't / (t - 5000000)'}",
            "[{kind: cosine, for: 9007199254740992}, {kind: linear, for: 9007199254740992}]",
            "{use: torch.CosineAnnealingWarmRestarts, T_0: 1, T_mult: 1}",
            "{use: torch.CyclicLR, base_lr: 0.1, max_lr: 1, step_size_up: 1}",
            "{use: torch.MultiplicativeLR, lr_lambda: '0.999'}",
            "{use: torch.StepLR, step_size: 1}",
        )
    )
    return f"steps: {steps}\nlr: 1\nschedule: {schedule}\n", "yaml"


@attack
def odd_encoding(rng: Rng) -> Made:
    """Text that is not UTF-8, or not only."""
    text = f"# é 😀\n{HEAD}name: é\nschedule: cosine\n"
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-32"),
        lambda: text.encode("latin-1", "replace"),
        lambda: text.encode("utf-8-sig").replace(b"\n", b"\r\n"),
        lambda: text.encode().replace(b"\n", b"\r"),
        lambda: text.encode() + b"\xef\xbb\xbf",
        lambda: text.encode().replace("é".encode(), b"\xed\xa0\x80"),
        lambda: text.encode().replace("é".encode(), b"\xc0\x80"),
        lambda: text.replace("\n", "\u2028").encode(),
        lambda: text.replace("\n", "\x85").encode(),
        lambda: rng.randbytes(rng.choice((1, 100, 10_000))),
    )
    return rng.choice(ways)(), rng.choice(("yaml", "json", "toml"))


@attack
def python_tag(rng: Rng) -> Made:
    """Tags that would build objects."""
    tag = rng.choice(
        (
            "!!python/object/apply:os.system [x]",
            "!!python/name:os.system",
            "!!python/module:os",
            "!!binary aGk=",
            "!x y",
        )
    )
    return f"{HEAD}schedule: cosine\nname: {tag}\n", "yaml"


@attack
def expression_escape(rng: Rng) -> Made:
    """Expressions that try to be programs, or never to end."""
    depth = rng.choice((10, 55, 70, 300, 900))
    value = rng.choice(
        (
            *ESCAPES,
            "(" * depth + "t" + ")" * depth,
            "-" * depth + "t",
            "+".join(["t"] * depth),
            "**".join(["9"] * min(depth, 300)),
            "abs(" * min(depth, 300) + "t" + ")" * min(depth, 300),
            "t if " * min(depth, 300) + "t",
            "9" * rng.choice((300, 400, 1_900)),
            "not " * min(depth, 400) + "t",
            "x" * 5_000,
        )
    )
    quoted = "'" + value.replace("'", "''") + "'"
    if rng.random() < 0.5:
        return f"{HEAD}schedule: {{kind: expression, value: {quoted}}}\n", "yaml"
    return f"{HEAD}schedule: {{use: torch.LambdaLR, lr_lambda: {quoted}}}\n", "yaml"


@attack
def odd_file(rng: Rng) -> Made:
    """Tables and metrics that are devices, pipes, folders, or not there."""
    place = rng.choice((*PLACES, "a\0b", "../" * 50 + "dev/zero"))
    quoted = '"' + place.replace("\0", "\\0") + '"'
    schedule = rng.choice(
        (
            f"{{kind: table, file: {quoted}}}",
            f"{{use: torch.ReduceLROnPlateau, metrics: {quoted}}}",
            f"[{{kind: table, file: {quoted}, for: 5}}, cosine]",
        )
    )
    return f"{HEAD}schedule: {schedule}\n", "yaml"


@attack
def odd_table(rng: Rng) -> Made:
    """Tables whose content is not one."""
    name = rng.choice(("empty.csv", "binary.csv", "wide.csv", "quoted.csv", "latin.csv", "long_cell.csv", "nan.csv"))
    column = rng.choice(("", ", column: lr", ", column: ''", ", column: nowhere"))
    return f"{HEAD}schedule: {{kind: table, file: {name}{column}}}\n", "yaml"


@attack
def nul(rng: Rng) -> Made:
    """NUL characters, raw and escaped, in every place."""
    piece = rng.choice(("\0", '"\\0"', '"\\u0000"', '"a\\x00b"'))
    line = rng.choice(("name: {}", "{}: 1", "schedule: {}", "groups: {{ {}: {{lr: 1}} }}", "schedule: [{}]"))
    if rng.random() < 0.3:
        return f'steps = 100\nlr = 1\nschedule = "cosine"\n{piece} = {piece}\n', "toml"
    return HEAD + "schedule: cosine\n" * (not line.startswith("schedule")) + line.format(piece) + "\n", "yaml"


@attack
def duplicate_keys(rng: Rng) -> Made:
    """The same key again, in every language and at every depth."""
    return rng.choice(
        (
            (f"{HEAD}schedule: {{kind: cosine, to: 0, to: 1}}\n", "yaml"),
            (f"{HEAD}lr: 2\nschedule: cosine\n", "yaml"),
            ('{"steps": 1, "lr": 1, "schedule": {"kind": "cosine", "kind": "linear"}}', "json"),
            ('steps = 1\nlr = 1\nlr = 2\nschedule = "cosine"\n', "toml"),
            ('steps = 1\nlr = 1\nschedule = {kind = "cosine", kind = "linear"}\n', "toml"),
            ("steps = 1\nlr = 1\n[schedule]\nkind = 'cosine'\n[schedule]\nkind = 'cosine'\n", "toml"),
            (f"{HEAD}schedule: cosine\ngroups: {{a: {{lr: 1}}, a: {{lr: 2}}}}\n", "yaml"),
            (f"{HEAD}schedule: {{kind: points, at: {{0: 1, 0: 2, 0%: 3}}}}\n", "yaml"),
        )
    )


@attack
def surrogate(rng: Rng) -> Made:
    """Halves of characters."""
    half = rng.choice(("\\ud800", "\\udc00", "\\ud800\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00", "\\U0000d800"))
    suffix = rng.choice(("yaml", "json", "toml"))
    if suffix == "toml":
        return f'steps = 100\nlr = 1\nschedule = "cosine"\nname = "{half}"\n', suffix
    return f'{{"steps": 100, "lr": 1, "schedule": "cosine", "name": "{half}"}}', suffix
