"""Who settles whom when several could: all competing pairs are weighed together.

Each pair has odds of belonging together, and a row settles at most once. The probability of a pair
is its share in the weight of *all* exclusive ways to match its connected component (the
monomer-dimer model; belief propagation on it converges to one fixed point: Bayati, Gamarnik, Katz,
Nair, Tetali 2007, and is exact where the candidates form a tree). Two equally good candidates
therefore get a half each and are refused, without any rule that says so.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROUNDS = 80
"""Rounds of belief propagation. With 20, probabilities move in their last digits and no match does;
with 160, one wrong suggestion of 1,122 pairs of the bank_rec set turns right."""
_LARGEST_ODDS = 1e7
"""Odds above which two candidates count as equally certain. With 1e5, two demos lose 5 of 3,982
right pairs and leave 12 rows more open; with 1e9 nothing but a score moves."""
_DENSE = 400
"""Rows and columns of the largest component solved as a full table of 1.3 MB; larger ones are
solved sparse, with the same optimum."""


def probabilities(left: Ints, right: Ints, odds: Floats) -> Floats:
    """Probability of each candidate pair given all its rivals.

    The number of rounds is fixed, so that the figure depends on the pair's own component only.
    """
    odds = np.minimum(odds, _LARGEST_ODDS)
    result = odds / (1 + odds)
    degree = np.bincount(left)[left] + np.bincount(right)[right]
    contested = np.flatnonzero(degree > 2)
    if contested.size:
        result[contested] = _propagate(left[contested], right[contested], odds[contested])
    return np.round(result, 6)


def _propagate(left: Ints, right: Ints, odds: Floats) -> Floats:
    _, left = np.unique(left, return_inverse=True)
    _, right = np.unique(right, return_inverse=True)
    free_left = np.ones_like(odds)
    free_right = np.ones_like(odds)
    for _ in range(_ROUNDS):
        flow = odds * free_right
        rivals = np.maximum(np.bincount(left, flow)[left] - flow, 0)
        free_left = np.sqrt(free_left / (1 + rivals))
        flow = odds * free_left
        rivals = np.maximum(np.bincount(right, flow)[right] - flow, 0)
        free_right = np.sqrt(free_right / (1 + rivals))
    weight = odds * free_left * free_right
    return np.asarray(weight / (1 + weight), dtype=np.float64)


def accepted(left: Ints, right: Ints, probability: Floats, floor: float) -> npt.NDArray[np.bool_]:
    """The pairs at or above a floor above one half; no row is in two of them.

    A floor above one half leaves at most one such pair per row; a pair that is not the best of
    both its rows is left out all the same.
    """
    chosen = probability >= floor
    for side in (left, right):
        best = np.zeros(side.max(initial=-1) + 1)
        np.maximum.at(best, side, probability)
        count = np.bincount(side[chosen], minlength=best.size)
        chosen &= (probability >= best[side]) & (count[side] == 1)
    return chosen


def best_assignment(left: Ints, right: Ints, weight: Floats) -> npt.NDArray[np.bool_]:
    """The exclusive set of pairs with the greatest total weight, solved component by component.

    Pairs of weight zero or less are never chosen. Equal optima are decided by the order of the
    rows, so the caller sorts them by something that does not depend on the input's order.
    """
    chosen = np.zeros(left.size, dtype=np.bool_)
    useful = np.flatnonzero(weight > 0)
    if not useful.size:
        return chosen
    rows_at, rows = np.unique(left[useful], return_inverse=True)
    columns_at, columns = np.unique(right[useful], return_inverse=True)
    size = rows_at.size + columns_at.size
    graph = coo_array((np.ones(useful.size), (rows, columns + rows_at.size)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[rows], kind="stable")
    bounds = np.flatnonzero(np.diff(label[rows][order])) + 1
    for part in np.split(order, bounds):
        if part.size == 1:
            chosen[useful[part]] = True
        else:
            picked = _solve(rows[part], columns[part], weight[useful[part]])
            chosen[useful[part[picked]]] = True
    return chosen


def _solve(left: Ints, right: Ints, weight: Floats) -> Ints:
    """Positions of the chosen edges of one component."""
    left_at, rows = np.unique(left, return_inverse=True)
    right_at, columns = np.unique(right, return_inverse=True)
    if max(left_at.size, right_at.size) <= _DENSE:
        table = np.zeros((left_at.size, right_at.size))
        table[rows, columns] = weight
        at, to = linear_sum_assignment(table, maximize=True)
    else:
        at, to = _solve_sparse(rows, columns, weight, right_at.size)
    picked = {(int(i), int(j)) for i, j in zip(at, to, strict=True)}
    edges = zip(rows.tolist(), columns.tolist(), strict=True)
    return np.array([n for n, edge in enumerate(edges) if edge in picked], dtype=np.int64)


def _solve_sparse(rows: Ints, columns: Ints, weight: Floats, width: int) -> tuple[Ints, Ints]:
    """Give every row a column of its own that means *unmatched*, so that a full matching exists."""
    height = int(rows.max()) + 1
    top = weight.max() + 1
    cost = np.concatenate([top - weight, np.full(height, top)])
    at = np.concatenate([rows, np.arange(height)])
    to = np.concatenate([columns, width + np.arange(height)])
    graph = coo_array((cost, (at, to)), shape=(height, width + height)).tocsr()
    solved_at, solved_to = min_weight_full_bipartite_matching(graph)
    return solved_at.astype(np.int64), solved_to.astype(np.int64)
