"""Products: their values, limits and factors."""

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Factor
from lrplot.curves.product import Product
from lrplot.curves.roles import Role
from lrplot.curves.shapes import LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Bounded
from lrplot.engine.extremes import columns

FALL = Factor(Anneal(4, 1.0, 0.0, LINEAR))
DROP = Factor(Plateaus(4, np.array([2]), np.array([1.0, 0.5])))


def test_values_and_limits():
    product = Product(4, 2.0, (FALL, DROP))
    assert product.values(np.arange(5)).tolist() == [2, 1.5, 0.5, 0.25, 0]
    assert [product.limit(t) for t in (0, 2, 3, 4)] == [2, 1, 0.25, 0]
    assert Product(4, 3.0, ()).limit(4) == 3


def test_a_product_is_evaluated_step_by_step():
    rise = Factor(Anneal(300_000, 0.0, 1.0, LINEAR))
    product = Product(300_000, 4.0, (rise, Factor(Anneal(300_000, 1.0, 0.0, LINEAR))))
    assert product.turning_points(0, 300_000) is None
    cut = columns(product, 0, 300_000, 3)
    assert (cut.highs.max(), cut.lows.min(), cut.sampled) == (1.0, 0.0, False)


def test_a_product_is_one_segment_of_several_factors():
    product = Product(4, 2.0, (FALL, DROP))
    (segment,) = product.segments()
    assert (segment.role, segment.stop, segment.curve.factors) == (Role.CURVE, 4, (FALL, DROP))


def test_a_product_has_no_value_where_a_factor_has_none():
    product = Product(4, 2.0, (FALL, Factor(Bounded(FALL.curve, 2, "stop"))))
    assert (product.failure(1), product.failure(2)) == (None, "stop")
