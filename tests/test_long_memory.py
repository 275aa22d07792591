"""Lesson 10, long memory: what its exercises answer, what its pictures say, what its page claims.

The right answers stand here as numbers, worked out by hand.
"""
import re
from functools import lru_cache
from itertools import islice

import numpy as np
import pytest

from answers import WORKED, Case
from lesson.data.gru import GRULayer, gru_step
from lesson.data.long_run import LENGTHS, RUNNERS, SEEDS, measured
from lesson.data.snapshots import EVERY, KINDS, SEEN, arriving, held, made, marked_steps, one_sequence, snapshot
from lesson.data.tasks import CELLS, RIGHT, adding_problem, always_half, learn, network, share_right, temporal_order
from lesson.long_memory import CHANGED, LONG_LOOKS, SEED_OF_TESTS, SEQUENCE, TRAINING, UPDATES, WHOLE
from lesson.long_memory import gradient_picture, gru_picture, long_run_picture, memory_picture, race, race_picture
from lesson.long_memory import sequence_picture
from lesson.show.heat import heat
from lesson.show.svg import number, scientific
from lesson.show.unit import MINUS, TIMES
from lstm_core import sigmoid
from lstm_layers import LSTMLayer, Predictor, numerical_gradient
from overlap import boxes, words_on_words
from pages import ROOMS, prose
from test_picture import check_drawing, check_everywhere

CASES = {
    "marked_sum": Case([0.55], {0.2: "0.5 + sum / 4", 0.05: "still missing", 0.7: "sign", 0.6: "divides by 4"}),
    "squared_criterion": Case([0.0016], {0.04: "Square it", 0.2: "root", 0.08: "not 0.04 plus", 0.001: "too low"}),
    "bias_for_a_hundred": Case([5], {4: "Nearly", 1: "nothing is left", 6: "smaller one", 3: "too low"}),
    "temporal_order": Case([WORKED], {Predictor(LSTMLayer(np.ones((32, 17))), np.ones((4, 9))): "a quarter",
                                      Predictor(LSTMLayer(np.ones((32, 11))), np.ones((4, 9))): "8 inputs",
                                      Predictor(LSTMLayer(np.ones((32, 17)))): "4 outputs"}),
}


# --------------------------------------------------------------------------------------------------------- the task

@pytest.mark.parametrize("T", [20, 30, 100])
def test_a_sequence_is_as_the_page_says(T):
    """Two marks in the first half, the value of a marked first pair counting as 0, and -1 at both ends."""
    xs, targets, lengths = adding_problem(np.random.default_rng(1), T, 500)
    assert lengths.min() == T and lengths.max() == T + T // 10
    for k, length in enumerate(lengths):
        values, marks = xs[:length, :, k].T
        marked = np.flatnonzero(marks == 1)
        assert marks[0] == marks[-1] == -1 and set(marks[1:-1]) <= {0, 1} and 1 <= len(marked) <= 2
        assert marked.max() < T / 2 and targets[0, k] == pytest.approx(0.5 + values[marked].sum() / 4)


def test_a_sequence_of_symbols_is_as_its_docstring_says():
    """E, then a to d, but X or Y at one of the steps 10 to 20 and of 50 to 60, then B: the class is their order."""
    xs, targets, lengths = temporal_order(np.random.default_rng(1), 500)
    assert (lengths.min(), lengths.max()) == (100, 110) and (xs.sum(axis=1) == 1).all()
    for k, length in enumerate(lengths):
        symbols = "".join("EBabcdXY"[row] for row in xs[:length, :, k].argmax(axis=1))
        first, second = re.fullmatch("E[a-d]{9,19}([XY])[a-d]{29,49}([XY])[a-d]{38,58}B", symbols).groups()
        assert 10 <= symbols.index(first) <= 20 and 50 <= symbols.rindex(second) <= 60
        assert targets[:, k].tolist() == [kind == first + second for kind in ("XX", "XY", "YX", "YY")]


@pytest.mark.parametrize("T", [20, 30, 50, 100])
def test_the_lazy_rival_is_as_good_as_it_is_said_to_be(T):
    """Within five standard errors of 200,000 sequences."""
    errors = np.abs(0.5 - adding_problem(np.random.default_rng(0), T, 200_000).targets)
    right, error = always_half(T)
    assert np.mean(errors < RIGHT) == pytest.approx(right, abs=0.004)
    assert np.mean(errors ** 2) == pytest.approx(error, abs=0.0006)
    assert 0.153 < right < 0.156 and error < 0.04, "so 15 %, and a squared error that some would call a success"
    stem = next(stem for stem in ROOMS if stem.endswith("long_memory"))
    assert prose(stem).count(f"absolute error is below {RIGHT}") == 2, "the rule, and the exercise about it"


def test_the_sequence_says_its_own_sum():
    picture = sequence_picture()
    check_everywhere(picture)
    assert picture.say(T=30,
                       seed=0) == ("This sequence has 33 pairs, from step 0 on. Marked are 0.46 at step 6 and 0.71 "
                                         "at step 11: the answer is 0.79.")
    assert 0.5 + (0.46 + 0.71) / 4 == pytest.approx(0.79, abs=0.005)
    for T, seed, sum_of in ((30, 0, "0.46 + 0.71"), (100, 3, f"{MINUS}0.80 + 0"), (30, 6, f"0.35 {MINUS} 0.34")):
        assert f"0.5 + ({sum_of}) / 4<" in picture.draw(T=T, seed=seed).body


# --------------------------------------------------------------------------------------------------------- the race

HALF_OF_THE_RIVALS = always_half(30)[1] / 2


@lru_cache(maxsize=None)
def raced(T, bias, identity, clip=True, seed=0):
    """Return what a race has to show at its end."""
    *_, state = race(T, bias, identity, seed, clip, gru=False)
    assert state.done == UPDATES and not state.trouble
    return state.result


def learned(result, kind):
    """Return after how many sequences the error was below half of the lazy rival's, 0 if never."""
    return next((seen for seen, loss in zip(result.seen, result.losses[kind]) if loss < HALF_OF_THE_RIVALS), 0)


@pytest.mark.parametrize("T, bias, clip, learns", [(30, 1, True, True), (30, 1, False, True), (50, 1, True, False),
                                                   (50, 5, True, True)])
def test_started_at_random_the_rnn_stays_with_its_rival_and_the_lstm_does_as_the_page_says(T, bias, clip, learns):
    result = raced(T, bias, False, clip)
    assert result.rights["RNN"][-1] < 0.25 and not learned(result, "RNN")
    assert (result.rights["LSTM"][-1] > 0.9) is learns and bool(learned(result, "LSTM")) is learns


@pytest.mark.parametrize("seed", [0, 1])
def test_started_from_the_identity_the_rnn_learns_later_and_less_exactly_than_the_lstm(seed):
    result = raced(30, 1, True, seed=seed)
    assert learned(result, "RNN") > learned(result, "LSTM") > 0.1 * UPDATES * 32, "both wait, and the RNN longer"
    assert 0.15 < result.rights["RNN"][-1] < 0.7 < 0.9 < result.rights["LSTM"][-1]


def test_the_moment_differs_from_seed_to_seed():
    assert learned(raced(30, 1, True, seed=0), "LSTM") != learned(raced(30, 1, True, seed=1), "LSTM")


def test_an_rnn_from_the_identity_keeps_what_it_holds_but_for_its_tanh():
    model = network("RNN", np.random.default_rng(0), identity=True)
    start = np.linspace(-0.5, 0.5, CELLS)[:, None]
    kept = model.layer.forward(np.zeros((1, 2, 1)), h=start)[0]
    np.testing.assert_allclose(kept, np.tanh(start), rtol=1e-12)
    assert model.layer.W[:, :CELLS].tolist() == np.eye(CELLS).tolist()
    other = network("RNN", np.random.default_rng(0))
    assert (other.layer.W[:, CELLS:] == model.layer.W[:, CELLS:]).all() and (other.V == model.V).all(), "nothing else"


def at_the_marks(kind, **start):
    """Return the size of the gradient where the second mark is, in shares of that at the end: 20 seeds' median."""
    shares = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        model, (xs, _, (length,)) = network(kind, rng, **start), adding_problem(rng, 30, 1)
        xs, second = xs[:length], np.flatnonzero(xs[:, 1, 0] == 1).max()
        sizes = []
        for steps in (xs[second + 1:], xs[-1:]):  # from the end back to behind the mark, and over the last step alone
            hs = model.layer.forward(steps)
            dh = np.zeros(hs.shape)
            dh[-1] = model.V[0, :-1, None]
            back = model.layer.backward(dh)
            sizes.append(np.hypot(*(0 if one is None else np.linalg.norm(one) for one in (back.h, back.c))))
        shares.append(sizes[0] / sizes[1])
    return np.median(shares)


def test_the_rnns_gradient_is_too_small_at_the_marked_steps():
    """Too small: by far smaller than the LSTM's, and than that of an RNN that was started to keep."""
    rnn = at_the_marks("RNN")
    assert rnn < 1e-3 and at_the_marks("LSTM", forget_bias=1) > 10 * rnn
    assert at_the_marks("RNN", identity=True) > 100 * rnn
    assert at_the_marks("LSTM", forget_bias=5) > 30 * at_the_marks("LSTM", forget_bias=1)


def test_every_stage_of_a_race_can_be_drawn():
    """Also the first one, when there is hardly anything to show."""
    picture = race_picture()
    rest = {**picture.values, "T": 20}
    for state in race(**rest):
        if state.done in (1, 2, 31):
            check_drawing(picture._draw_state(state, **rest), picture._say_state(state, **rest))
        if state.done == 31:
            break


# ---------------------------------------------------------------------------------------------------------- the GRU

def test_a_gru_computes_as_its_equations_say():
    """One cell, two steps, by hand: z = sigmoid(w h + v x + b), and so on, in plain floats."""
    W, h = np.random.default_rng(0).normal(size=(3, 3)), 0.3
    hs = GRULayer(W).forward(np.array([[[0.7]], [[-1.2]]]), h=np.array([[h]]))[:, 0, 0]
    (w_z, v_z, b_z), (w_r, v_r, b_r), (w_g, v_g, b_g) = W.tolist()
    for x, found in zip((0.7, -1.2), hs):
        z, r = sigmoid(w_z * h + v_z * x + b_z), sigmoid(w_r * h + v_r * x + b_r)
        h = z * h + (1 - z) * np.tanh(w_g * (r * h) + v_g * x + b_g)
        assert found == pytest.approx(h, abs=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_of_a_gru_is_the_one_found_by_trying(seed):
    rng = np.random.default_rng(seed)
    model, sequences = network("GRU", rng), adding_problem(rng, 20, 3)
    found, (_, gradient) = numerical_gradient(model, *sequences), model.gradient(*sequences)
    for one, other in zip(found, gradient):
        assert np.abs(one).max() > 1e-3 and other == pytest.approx(one, abs=1e-9)
    layer, xs, e = model.layer, sequences.xs[:6], 1e-6
    h, dh = rng.normal(size=(CELLS, 3)), np.zeros((6, CELLS, 3))
    dh[-1] = 1
    layer.forward(xs, h=h)
    back, up = layer.backward(dh).h, np.zeros_like(h)
    up[2, 1] = e
    above, below = (layer.forward(xs, h=h + move)[-1].sum() for move in (up, -up))
    assert back[2, 1] == pytest.approx((above - below) / (2 * e), rel=1e-6)


@lru_cache(maxsize=None)
def gru(T, bias, seed):
    """Return what share a GRU answers rightly at the end of a race, and after how many sequences it had learned."""
    states = list(islice(learn("GRU", T, seed, bias), UPDATES))
    (model, _), losses = states[-1], [loss for _, loss in states]
    tests = adding_problem(np.random.default_rng(SEED_OF_TESTS), T, 256)
    means = np.array(losses).reshape(-1, 20).mean(axis=1)
    return share_right(model, tests), next((32 * 20 * (k + 1) for k in np.flatnonzero(means < HALF_OF_THE_RIVALS)), 0)


@pytest.mark.parametrize("T, bias, seed, learns",
                         [(30, 1, 0, True), (30, 1, 1, True), (50, 1, 0, False), (50, 5, 0, True)])
def test_a_gru_learns_where_its_update_gates_start_open_enough(T, bias, seed, learns):
    right, when = gru(T, bias, seed)
    assert (right > 0.9) is learns and bool(when) is learns


def test_with_seed_0_it_learns_at_about_the_time_of_the_lstm_and_has_three_quarters_of_its_weights():
    assert gru(30, 1, 0)[1] == pytest.approx(learned(raced(30, 1, False), "LSTM"), rel=0.2)
    small, large = (network(kind, np.random.default_rng(0)).layer.W.size for kind in ("GRU", "LSTM"))
    assert 4 * small == 3 * large and number(sigmoid(1)) == "0.73" and sigmoid(1) ** 50 < 1e-6


def test_in_the_race_it_runs_beside_the_two_others_and_changes_nothing_for_them():
    picture = race_picture()
    two, three = ({**picture.values, "T": 20, "gru": gru} for gru in (False, True))
    (*_, alone), (*_, beside) = (islice(race(**values), 21) for values in (two, three))
    assert beside.result.losses["LSTM"] == alone.result.losses["LSTM"] and set(alone.result.losses) == {"RNN", "LSTM"}
    runner = islice(learn("GRU", 20, 0, 1), 20)
    assert beside.result.losses["GRU"][1] == np.mean([loss for _, loss in runner][1:])
    assert ", the GRU " in picture._say_state(beside, **three) and "GRU" not in picture._say_state(alone, **two)
    drawn = [">GRU<" in picture._draw_state(state, **values).body for state, values in ((alone, two), (beside, three))]
    assert drawn == [False, True]


def test_a_gru_that_keeps_nearly_all_adds_next_to_nothing_and_says_every_number():
    picture = gru_picture()
    check_everywhere(picture)
    assert {name: part.line for name, part in picture.draw(**picture.values).parts.items()} == {
        "h": "memory h = 0.80, as the step before left it", "x": f"input x = {MINUS}1.00",
        "b": "bias of the update gate = 1.0", "z": f"sigmoid(0.80 + ({MINUS}1.00) + 1.0) = 0.69",
        "kept": f"0.69 {TIMES} 0.80 = 0.55", "free": f"1 {MINUS} 0.69 = 0.31",
        "r": f"sigmoid(0.80 + ({MINUS}1.00)) = 0.45",
        "seen": f"0.45 {TIMES} 0.80 = 0.36", "g": f"tanh(0.36 + ({MINUS}1.00)) = {MINUS}0.56",
        "added": f"0.31 {TIMES} ({MINUS}0.56) = {MINUS}0.18", "new_h": f"0.55 + ({MINUS}0.18) = 0.38"}
    for h in np.linspace(-1, 1, 9):
        for x in np.linspace(-3, 3, 9):
            done = gru_step(np.array([[1, 1, 9.0], [1, 1, 0], [1, 1, 0]]), np.array([[h]]), np.array([[x], [1.0]]))
            assert abs(done.added) < 0.01 and abs(done.kept - h) < 0.01
    assert "keeps 69.0" in picture.say(**picture.values)


# ------------------------------------------------------------------------------------------------------ a look inside

SEQUENCES = SEQUENCE.positions(99)
AFTER = SEEN[-1]


def test_the_snapshots_are_those_of_the_race():
    """To the digits of the file; and later ones answer as the race's networks do, which grew from them."""
    for kind in KINDS:
        for seen, weights in zip(SEEN, islice(made(kind), 2)):
            kept = np.concatenate([p.ravel() for p in snapshot(kind, seen).parameters])
            assert kept == pytest.approx(weights, abs=0.0006)
    result, tests = raced(30, 1, False), adding_problem(np.random.default_rng(2 ** 20), 30, 256)
    for seen in (6400, 9600, AFTER):
        for kind in KINDS:
            right = share_right(snapshot(kind, seen), tests)
            assert right == pytest.approx(result.rights[kind][result.seen.index(seen)], abs=0.03)
    assert len(SEEN) == 21 and TRAINING.positions(99) == list(SEEN) and TRAINING.pace and EVERY * 32 == SEEN[1]


def test_what_is_held_is_what_the_lstm_computes_with_and_without_the_two_numbers():
    for seen, seed in ((0, 0), (9600, 3), (AFTER, 6)):
        model, (xs, _, _), (steps, values) = snapshot("LSTM", seen), one_sequence(30, seed), marked_steps(seed)
        model.layer.forward(xs)
        c, answer = model.layer.C[1:, :, 0].T, model.predict(xs)[0, 0]
        assert xs[steps, 1, 0].tolist() == [1] * len(steps) and xs[steps, 0, 0].tolist() == values
        xs[steps, 0] = 0
        model.layer.forward(xs)
        found = held(seen, seed)
        assert found.c == pytest.approx(c, abs=1e-12) and found.y == pytest.approx(answer, abs=1e-12)
        assert found.change == pytest.approx(c - model.layer.C[1:, :, 0].T, abs=1e-12)
        assert not found.change[:, :steps[0]].any() and found.change[:, steps[0]].all(), "from the first mark on"


def lasting(seen, seed):
    """Return the length of the change at the last step, in shares of that at the last mark."""
    sizes = np.linalg.norm(held(seen, seed).change, axis=0)
    return sizes[-1] / sizes[marked_steps(seed)[0][-1]]


def test_before_training_the_trace_fades_and_it_begins_to_last_where_the_race_turns():
    assert max(lasting(0, seed) for seed in SEQUENCES) < 0.03
    assert np.median([lasting(6400, seed) for seed in SEQUENCES]) < 0.1
    assert np.median([lasting(9600, seed) for seed in SEQUENCES]) > 1
    assert np.median([lasting(AFTER, seed) for seed in SEQUENCES]) > 1
    result = raced(30, 1, False)
    before, after = (result.rights["LSTM"][result.seen.index(seen)] for seen in (6400, 9600))
    assert before < 0.2 and after > 0.5
    gates = sigmoid(snapshot("LSTM", 0).layer.W[:CELLS, -1])
    assert number(gates.mean()) == "0.73" and 0.73 ** 30 < 1e-4, "what thirty such factors leave"
    assert min(np.abs(held(0, seed).change[:, marked_steps(seed)[0][0]]).max() for seed in SEQUENCES) > 0.001


def test_it_keeps_the_sum():
    """At the end, the change follows the sum of the two numbers, nearly as well as it follows both of them."""
    two = [(sum(marked_steps(seed)[1]), marked_steps(seed)[1], held(AFTER, seed).change[:, -1])
           for seed in range(200) if len(marked_steps(seed)[0]) == 2]
    sums, both, ends = (np.array(column) for column in zip(*two))
    unexplained = [np.square(ends - values @ np.linalg.lstsq(values, ends, rcond=None)[0]).sum()
                   for values in (sums[:, np.newaxis], both)]
    assert unexplained[0] < 0.1 * np.square(ends).sum() and unexplained[0] < 1.3 * unexplained[1]
    assert np.corrcoef(np.abs(sums), np.linalg.norm(ends, axis=1))[0, 1] > 0.95
    faint, strong = (np.abs(held(AFTER, seed).change[:, marked_steps(seed)[0][1] + 1:]) for seed in (6, 16))
    assert faint.max() < 0.05 and strong[:, -1].max() > 0.5
    assert [[number(value) for value in marked_steps(seed)[1]] for seed in (6, 16)] == [["0.35", "\N{MINUS SIGN}0.34"],
                                                                                       ["0.75", "0.71"]]


def test_cell_6_takes_the_number_and_others_hold_it_at_the_end():
    """After the last mark both readings get the same inputs: only c itself and h can make a difference."""
    for seed in SEQUENCES:
        sizes = np.abs(held(AFTER, seed).change)
        assert sizes[:, marked_steps(seed)[0][0]].argmax() == 5 != sizes[:, -1].argmax()
    grown = np.abs(held(AFTER, 0).change)
    assert (grown[:, -1] > grown[:, 11]).sum() > 8, "grows, and a forget gate alone makes nothing grow"


@pytest.mark.parametrize("kind, memory, t", [("RNN", "h", 7), ("LSTM", "c", 7), ("LSTM", "h", 12), ("LSTM", "c", 30)])
def test_what_arrives_is_found_a_second_time_by_moving_each_memory_a_little(kind, memory, t):
    for seen in (0, AFTER):
        layer, xs = snapshot(kind, seen).layer, one_sequence(30, 0).xs
        at = {"h": layer.forward(xs[:t])[-1]} | ({"c": layer.C[-1]} if kind == "LSTM" else {})
        e, J = 1e-5, np.empty((CELLS, CELLS))
        nudges = np.hstack([np.eye(CELLS), -np.eye(CELLS)]) * e
        start = {name: np.repeat(values, 2 * CELLS, axis=1) + (nudges if name == memory else 0)
                 for name, values in at.items()}
        h = layer.forward(np.repeat(xs[t:], 2 * CELLS, axis=2), **start)[-1]
        end = layer.C[-1] if memory == "c" else h
        J = (end[:, :CELLS] - end[:, CELLS:]) / (2 * e)
        found = getattr(arriving(seen, 0), "rnn" if kind == "RNN" else memory)[t]
        assert found == pytest.approx(np.linalg.svd(J)[1][0], rel=1e-6, abs=1e-9)


def test_the_forget_gates_are_those_of_the_steps():
    """The change of c by the c before it, with h held still, is the forget gate."""
    layer, xs, e = snapshot("LSTM", AFTER).layer, one_sequence(30, 2).xs, 1e-5
    for t in (1, 9):
        h, c = layer.forward(xs[:t])[-1], layer.C[-1]
        ends = [layer.forward(xs[t:t + 1], c=c + d, h=h) is not None and layer.C[-1] for d in (e, -e)]
        assert arriving(AFTER, 2).gates[t] == pytest.approx((ends[0] - ends[1])[:, 0] / (2 * e), rel=1e-6)


def test_the_gradient_arrives_after_training_and_forget_gates_alone_would_not_bring_it():
    before, after = ([arriving(seen, seed) for seed in SEQUENCES] for seen in (0, AFTER))
    firsts = [marked_steps(seed)[0][0] + 1 for seed in SEQUENCES]
    arrived = lambda found, name: [getattr(one, name)[t] for one, t in zip(found, firsts)]
    assert max(arrived(before, "c")) < 0.06 and max(arrived(before, "rnn")) < 0.003 and min(arrived(after, "c")) > 1
    assert max(arrived(after, "rnn")) < 0.001, "lost as before"
    assert max(one.by_gates(t) for one, t in zip(after, firsts)) < 0.02
    assert [number(np.mean([one.gates.mean() for one in found])) for found in (before, after)] == ["0.73", "0.75"]
    c, rnn, gates = before[0].c[7], before[0].rnn[7], after[0].by_gates(7)
    assert [scientific(c), scientific(rnn), scientific(gates)] == ["0.017", "2.97 × 10⁻⁴", "2.34 × 10⁻³"]
    assert firsts[0] == 7 and after[0].c[7] > 1


@pytest.mark.parametrize("seed", [1, 2])
def test_with_other_seeds_too_the_side_roads_bring_most_of_the_gradient(seed, monkeypatch):
    *_, (model, _) = islice(learn("LSTM", 30, seed), UPDATES)
    rnn = network("RNN", np.random.default_rng(seed))
    monkeypatch.setattr("lesson.data.snapshots.snapshot", lambda kind, seen: {"LSTM": model, "RNN": rnn}[kind])
    found = [arriving.__wrapped__(AFTER, k) for k in SEQUENCES]
    firsts = [marked_steps(k)[0][0] + 1 for k in SEQUENCES]
    assert min(one.c[t] for one, t in zip(found, firsts)) > 1
    assert all(one.by_gates(t) < 0.3 * one.c[t] for one, t in zip(found, firsts))
    assert all(0.72 < one.gates.mean() < 0.76 for one in found)
    seed_0 = np.median([arriving(AFTER, k).gates.mean(axis=0).max() for k in SEQUENCES])
    assert np.median([one.gates.mean(axis=0).max() for one in found]) > seed_0 + 0.02, "some open theirs farther"


@pytest.mark.parametrize("make", [memory_picture, gradient_picture])
def test_no_words_lie_on_others_at_any_position(make):
    picture, rng = make(), np.random.default_rng(0)
    for seed in SEQUENCES:
        values = {control.name: rng.choice(control.positions(99)).item() for control in picture.controls}
        for change in (values, {**picture.values, "seed": seed}, {**picture.values, "seed": seed, "seen": 0}):
            drawing = picture.draw(**{**values, **change})
            assert words_on_words(drawing) == []
            assert all(0 <= box.left and box.right <= drawing.width and box.bottom <= drawing.height
                       for box in boxes(drawing))


def test_a_heat_map_tells_signs_without_colour_and_a_cell_answers_with_its_numbers():
    drawn = heat(np.array([[0.25, 0.25, 0, -1, -1, -3]]), 0, 0, 60, 10, 1)
    assert 'd="M0 0.5h2" stroke="#009E73" stroke-opacity="0.5"' in drawn, "ink grows with the root"
    assert 'd="M3 0.5h3" stroke="#E69F00" stroke-opacity="1"' in drawn and 'scale(10 10)' in drawn
    assert 'd="M3 0.5h3" fill="none" stroke="#ffffff" stroke-width="0.2"' in drawn and drawn.count("<path") == 3
    picture, numbers = memory_picture(), held(AFTER, 0)
    for show, values in ((CHANGED, numbers.change), (WHOLE, numbers.c)):
        parts = picture.draw(**{**picture.values, "show": show}).parts
        assert len(parts) == CELLS
        first, second, last = (number(values[5, k]) for k in (6, 11, 32))
        assert parts["cell_6"].line == f"cell 6: {first} at step 6, {second} at step 11, {last} at step 32, the last"


# ------------------------------------------------------------------------------------------------------ the long run

def test_the_file_holds_every_run_once():
    assert {name: {T: len(found) for T, found in lengths.items()} for name, lengths in measured().items()} == {
        name: {T: len(SEEDS) for T in LENGTHS} for name in LONG_LOOKS}
    assert {f"{runner.network}, {runner.start}" for runner in RUNNERS} == set(LONG_LOOKS)
    assert sum(runner.network == "RNN" for runner in RUNNERS) == 4, "two learning rates for each start"


def test_the_long_run_is_as_the_page_says():
    found = {name: {T: np.median(shares) for T, shares in lengths.items()} for name, lengths in measured().items()}
    poor = [found["RNN, random start"], found["LSTM, forget bias 1"]]
    rnn, lstm = found["RNN, identity start"], found["LSTM, forget bias 5"]
    assert all(start[20] > 0.5 and max(right for T, right in start.items() if T >= 40) < 0.2 for start in poor)
    assert rnn[40] > 0.5 and rnn[60] < 0.2, "about half as far as the LSTM"
    assert lstm[80] > 0.5 and lstm[100] < 0.2 and all(lstm[T] > rnn[T] for T in (20, 40, 60, 80))
    keeps = measured()["LSTM, forget bias 5"]
    assert all(min(keeps[T]) > 0.9 for T in (20, 40, 60, 80)), "with every seed"
    assert all(min(keeps[T]) < 0.2 and max(keeps[T]) > 0.9 for T in (100, 150)), "not every seed gets there"


def test_the_long_run_shows_every_seed():
    picture = long_run_picture()
    check_everywhere(picture)
    body = picture.draw().body
    marks = 2 * (len(LENGTHS) * len(SEEDS) + 1)  # of two runners, and one in each title
    assert body.count("<circle") == marks and body.count("<rect") == marks + 4 + 1, "and four frames on one paper"
    assert picture.say() == (
        "Where three seeds of five or more answer over 50 % rightly: RNN, random start: up to T = 20; RNN, identity "
        "start: up to T = 40; LSTM, forget bias 1: up to T = 20; LSTM, forget bias 5: up to T = 80.")


def test_a_run_of_the_long_one_starts_as_the_others_do():
    """The first updates of each runner differ where their starts do, and are the same with the same start."""
    def first(**settings):
        _, loss = next(learn("RNN", 20, 0, **settings))
        return loss
    assert first() == first(rate=0.002) != first(identity=True, rate=0.002)


# ------------------------------------------------------------------------------------------------ numbers in the prose

def test_what_the_gates_leave():
    assert sigmoid(1) > 0.5, "more than half open"
    assert sigmoid(5) ** 100 > 0.5 > sigmoid(4) ** 100 and sigmoid(1) ** 50 < 1e-6
