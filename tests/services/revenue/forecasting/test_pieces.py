"""Straight pieces: found where lines break, not where they only go up."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.pieces import cuts, long_run_variance, step_variance

RNG = np.random.default_rng


def test_a_jump_and_a_turn_are_cut_where_they_are() -> None:
    days = np.arange(200)
    values = np.where(days < 80, 0.0, 1.0) + np.maximum(days - 140, 0) * 0.05 + RNG(1).normal(0, 0.05, 200)
    first, second = cuts(values, 0.05**2, 14)
    assert first == 80
    assert second == pytest.approx(140, abs=4)


def test_a_line_is_one_piece() -> None:
    assert cuts(np.arange(300) * 0.01 + RNG(2).normal(0, 0.1, 300), 0.01, 14) == []


def test_pieces_are_long_enough() -> None:
    values = np.zeros(100)
    values[50:55] = 9.0
    edges = [0, *cuts(values, 0.01, 14), 100]
    assert np.diff(edges).min() >= 14
    assert cuts(np.zeros(5), 1.0, 14) == []


def test_days_that_err_alike_count_for_more() -> None:
    alone = RNG(3).normal(0, 1, 700)
    alike = np.convolve(alone, np.ones(10) / 10, mode="valid")
    assert long_run_variance(alone) == pytest.approx(1.0, rel=0.4)
    assert long_run_variance(alike) > 5 * step_variance(alike)
    assert step_variance(np.array([1.0])) == pytest.approx(1e-6)
