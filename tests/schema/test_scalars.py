"""Numbers, percentages and durations, exactly as the contract lists them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lrplot.diagnostics import Fault
from lrplot.schema.scalars import is_bare_number, read_duration, read_number, read_percent

NUMBERS = {
    "0": 0,
    "-0": 0,
    "7": 7,
    "+1": 1,
    "-1": -1,
    "010": 10,
    "08": 8,
    "0x10": 16,
    "0xfF": 255,
    "0o17": 15,
    "1e-4": Fraction(1, 10_000),
    "3.e-4": Fraction(3, 10_000),
    "1E+4": 10_000,
    "-2.5e3": -2500,
    ".5": Fraction(1, 2),
    "-.5": Fraction(-1, 2),
    "1.": 1,
    "0.1": Fraction(1, 10),
    "10_000": 10_000,
    "1_000.000_1": Fraction(10_000_001, 10_000),
    "10k": 10_000,
    "10K": 10_000,
    "1.5M": 1_500_000,
    "300B": 300_000_000_000,
    "2T": 2_000_000_000_000,
    "-3k": -3000,
    "1/3": Fraction(1, 3),
    "-1/3": Fraction(-1, 3),
    "10_000/4": 2500,
    "1.7976931348623157e308": Fraction("1.7976931348623157e308"),
    "5e-324": Fraction("5e-324"),
    "0e-999999999": 0,
    "0e999999999": 0,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_exact(text):
    assert read_number(text) == NUMBERS[text]


@pytest.mark.parametrize("text", [text for text, value in NUMBERS.items() if value >= 0])
def test_a_number_in_a_spec_is_the_nearest_float(text, read):
    schedule = read(f"steps: 1\nlr: {text}\nschedule: constant\n")
    assert schedule(0) == float(Fraction(NUMBERS[text]))


WORDS = "on off yes no y n true null ~ ten NULL 1:30 1:30:00 2020-01-01 v1"
SLIPS = (
    "1_000_ _1000 1__000 1_000_. 1e 1e+ e5 1e4_0 --1 +-1 -+1 - + . -. 1,000 1.5.2 1k5 10kk 10q 1m k 1e5e5 "
    "0x 0xg 0o 0o8 0b11 +0x10 1/ /3 1/2/3 1/-3 5% 1e-4, $1 1f 1L ½ 1·5 −1"
)


@pytest.mark.parametrize("text", [*WORDS.split(), *SLIPS.split(), "", " ", " 1", "1 ", "1 k", "1 000", "1\n", "1\x00"])
def test_text_that_is_no_number(text):
    assert read_number(text) is None


REFUSED = {
    "1e400": ("not-finite", "too large for float64"),
    "-1e400": ("not-finite", "too large for float64"),
    "1.8e308": ("not-finite", "too large for float64"),
    "1e308k": ("not-finite", "too large for float64"),
    "1e999999999": ("not-finite", "too large for float64"),
    "0x1" + "0" * 256: ("not-finite", "too large for float64"),
    "1e-400": ("bad-number", "too small for float64"),
    "-1e-400": ("bad-number", "too small for float64"),
    "1e-999999999": ("bad-number", "too small for float64"),
    ".inf": ("not-finite", "not a finite number"),
    "-.INF": ("not-finite", "not a finite number"),
    "+.Inf": ("not-finite", "not a finite number"),
    ".nan": ("not-finite", "not a finite number"),
    ".NaN": ("not-finite", "not a finite number"),
    "1/0": ("bad-number", "divides by zero"),
    "0/000": ("bad-number", "divides by zero"),
    "9" * 5000: ("bad-number", "at most 300 characters, this one has 5,000"),
    "9" * 100_000 + "k": ("bad-number", "at most 300 characters"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_a_number_that_no_float64_holds_is_refused(text):
    code, words = REFUSED[text]
    with pytest.raises(Fault, match=words) as error:
        read_number(text)
    assert error.value.code == code


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_in_a_spec_the_caret_is_under_all_of_it(text, faults):
    assert faults(f"steps: 1\nlr: {text}\nschedule: constant\n") == [(REFUSED[text][0], text)]


@pytest.mark.parametrize("text", ["on", "off", "yes", "no", "1:30", "1_000_", "1e", "--1", "1,000", "10kk", "$1"])
def test_text_for_a_number_is_refused(text, faults):
    assert faults(f"steps: 1\nlr: {text}\nschedule: constant\n") == [("bad-type", text)]


@pytest.mark.parametrize("text", ["on", "off", "yes", "1:30", "010", "1e-4", "0x10", "1_000", "2020-01-01", "true"])
def test_a_text_field_keeps_its_text(text, read):
    assert read(f"steps: 1\nname: {text}\nlr: 1\nschedule: constant\n").name == text


@pytest.mark.parametrize("text", ["5", "1e-4", "3.e-4", ".5", "010", "0x10", "0o17", "+1", "-1", "10_000"])
def test_a_number_in_quotes_is_refused(text, faults):
    assert is_bare_number(text)
    for quoted in (f"'{text}'", f'"{text}"'):
        assert faults(f"steps: 1\nlr: {quoted}\nschedule: constant\n") == [("quoted-number", quoted)]


QUOTABLE = {"300B": 3e11, "10k": 1e4, "1.5M": 1.5e6, "1/3": 1 / 3}


@pytest.mark.parametrize("text", QUOTABLE)
def test_suffixes_percents_and_ratios_may_be_in_quotes(text, read):
    assert not is_bare_number(text)
    assert read(f'{{"steps": 1, "lr": "{text}", "schedule": "constant"}}')(0) == QUOTABLE[text]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("5%", 5), ("0.1%", Fraction(1, 10)), ("1e-2%", Fraction(1, 100)), ("-3%", -3), ("100%", 100), ("1_000%", 1000)],
)
def test_percent(text, amount):
    assert read_percent(text) == amount


@pytest.mark.parametrize("lines", ["lr: 5%\nsteps: 1", "lr: 1\nepochs: 5%", "lr: 1\nepochs: '5%'"])
def test_what_percentages_are_relative_to_is_no_percentage(lines, diagnostics):
    (found,) = diagnostics(f"{lines}\nschedule: constant\n")
    assert found.code == "bad-type"
    assert found.message.endswith(", not the percentage `5%`")
    assert found.help.endswith("write a number, such as `0.05`")


@pytest.mark.parametrize("text", ["5", "%", "%5", "5%%", "5 percent", "ten%", "1k%", "5%x", ""])
def test_text_that_is_no_percentage(text):
    assert read_percent(text) is None


DURATIONS = {
    "500": (500, "steps"),
    "10k": (10_000, "steps"),
    "1e4": (10_000, "steps"),
    "500 steps": (500, "steps"),
    "1 step": (1, "steps"),
    "5 epochs": (5, "epochs"),
    "1 epoch": (1, "epochs"),
    "0.5 epochs": (Fraction(1, 2), "epochs"),
    "1/3 epochs": (Fraction(1, 3), "epochs"),
    "375M tokens": (375_000_000, "tokens"),
    "1M samples": (1_000_000, "samples"),
    "1 sample": (1, "samples"),
    "3%": (3, "%"),
    "2.5%": (Fraction(5, 2), "%"),
    "0": (0, "steps"),
    "-3 epochs": (-3, "epochs"),
}


@pytest.mark.parametrize("text", DURATIONS)
def test_duration(text):
    span = read_duration(text)
    assert span is not None
    assert (span.amount, span.unit) == DURATIONS[text]


@pytest.mark.parametrize(
    "text", ["", "rest", "epochs", "5 weeks", "five epochs", "5 epochs 3", "5% epochs", "epochs 5", "1:30"]
)
def test_text_that_is_no_duration(text):
    assert read_duration(text) is None


@pytest.mark.parametrize(("text", "share"), [("0.1", "10%"), ("1/4", "25%"), ("0.005", "0.5%")])
def test_a_share_in_place_of_steps_is_led_to_a_percentage(text, share):
    with pytest.raises(Fault) as error:
        read_duration(text)
    assert error.value.help.endswith(f"{text} of the run is `{share}`")


@pytest.mark.parametrize("text", ["2.5", "1/3", "0.5"])
def test_a_bare_duration_is_whole_steps(text):
    with pytest.raises(Fault, match=f"`{text}` steps is not a whole number"):
        read_duration(text)


@pytest.mark.parametrize(
    ("text", "code"), [("1e400 epochs", "not-finite"), ("1/0 tokens", "bad-number"), (".nan epochs", "not-finite")]
)
def test_a_duration_s_amount_is_a_number(text, code):
    with pytest.raises(Fault, match=r"`(1e400|1/0|\.nan)`") as error:
        read_duration(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "value"), [("007", 7), ("9" * 300, 10**300 - 1), ("٣", None), ("²", None), ("", None)]
)
def test_whole_numbers_in_plain_digits(text, value):
    assert read_number(text) == value
