"""Functions: their names and expressions, and that they are compared with the run."""

import pytest

import lrplot
from lrplot.diagnostics import Fault
from lrplot.emit.shared.equality import Comparison
from lrplot.emit.shared.forms import Level
from lrplot.emit.shared.functions import Dialect, Function, compared, expression, function_names, one_line, used
from lrplot.emit.shared.pieces import Piece

ARRAYS = Dialect(prefix="jnp.")


def test_a_function_that_is_not_the_schedule_is_refused():
    run = lrplot.load({"steps": 10, "lr": 1.0, "schedule": "linear"}).run
    function = Function("learning_rate", "lr", [Piece(0, 10, Level(1.0))], 0.0)
    with pytest.raises(Fault, match="the formula of `lr` differs by up to 90% of the peak, at update 9"):
        compared(run, Comparison(run), [function])


@pytest.mark.parametrize(
    ("text", "python", "arrays"),
    [
        ("min(t, 3, 5)", "min(t, 3, 5)", "jnp.minimum(jnp.minimum(t, 3), 5)"),
        ("max(t)", "max(t)", "t"),
        ("where(t > 1, 2, 3)", "2 if t > 1 else 3", "jnp.where(t > 1, 2, 3)"),
        ("2 if t > 1 else 3", "2 if t > 1 else 3", "jnp.where(t > 1, 2, 3)"),
        ("np.power(t, 2) + np.maximum(t, 1)", "t ** 2 + max(t, 1)", "jnp.power(t, 2) + jnp.maximum(t, 1)"),
        ("np.sqrt(t) * int(t)", "sqrt(t) * int(t)", "jnp.sqrt(t) * jnp.trunc(t)"),
    ],
)
def test_an_expression_has_the_functions_of_its_dialect(text, python, arrays):
    assert (expression(text), expression(text, ARRAYS)) == (python, arrays)


def test_the_functions_of_math_are_imported():
    assert used("cos(pi * t) + max(abs(t), sqrt(epoch))") == {"cos", "pi", "sqrt"}


def test_names_are_identifiers_of_their_own():
    names = function_names(["lr", "momentum", "lr/Größe 1", "lr/größe-1", "lr/头", "momentum/头"])
    assert list(names.values()) == [
        "learning_rate",
        "momentum",
        "learning_rate_groe_1",
        "learning_rate_groe_1_2",
        "learning_rate_group",
        "momentum_group",
    ]


def test_a_comment_is_one_line_of_ascii():
    assert one_line('a\nb """ \\ × é') == "a b ''' / x /xe9"
