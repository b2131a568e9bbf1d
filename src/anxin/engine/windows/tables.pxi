# The plan as C structs: what the kernel reads while it answers.

ctypedef struct FoldSpec:
    int kind
    int column
    int64_t bit
    int64_t without
    int n_steps
    int64_t steps[MAX_STEPS]

ctypedef struct Group:
    int64_t width
    int64_t reach
    int n_folds
    FoldSpec* folds

ctypedef struct Pair:
    int64_t bit
    int column

ctypedef struct TrackSpec:
    int64_t bit
    int64_t window
    int64_t delay
    int column
    int fold
    bint is_ever

ctypedef struct Ask:
    int place
    int kind
    int base
    int pane_group
    int pane_fold
    int pair
    int without_pair
    int column
    int track
    int n_steps
    bint is_ever
    bint is_long
    int64_t bit
    int64_t without
    int64_t window
    int64_t delay
    int64_t min_rows
    int64_t quantile
    int64_t steps[MAX_STEPS]
    int step_pairs[MAX_STEPS]

ctypedef struct Touch:
    int stream
    int first
    int n_before
    int n_asks
    Ask* asks

ctypedef struct Program:
    int size
    int width
    int n_touches
    Touch* touches


cdef int fill_fold(FoldSpec* spec, object fold) except -1:
    spec.kind = fold.kind
    spec.column = fold.column
    spec.bit = <int64_t>1 << <int>fold.filter if fold.filter >= 0 else 0
    spec.without = <int64_t>1 << <int>fold.without if fold.without >= 0 else 0
    spec.n_steps = len(fold.steps)
    for at, step in enumerate(fold.steps):
        spec.steps[<int>at] = <int64_t>1 << <int>step
    return 0


cdef FoldSpec* fold_specs(object folds) except NULL:
    cdef FoldSpec* specs = <FoldSpec*>get_memory(NULL, (len(folds) + 1) * sizeof(FoldSpec))
    cdef int at
    for at in range(len(folds)):
        fill_fold(&specs[at], folds[at])
    return specs


cdef int pair_index(list pairs, int filter_, int column) except -1:
    """Return the number of a (filter, column) pair, adding it when it is new."""
    if (filter_, column) not in pairs:
        pairs.append((filter_, column))
    return pairs.index((filter_, column))


cdef int fill_ask(Ask* ask, object made, list pairs, list tracks) except -1:
    """Fill one ask from its Python twin; `pairs` and `tracks` of the stream grow as needed."""
    feature = made.feature
    ask.place = made.place
    ask.kind = feature.aggregate
    ask.base = made.base
    ask.pane_group, ask.pane_fold = made.pane
    ask.column = made.column - 3 if made.column else -1
    ask.is_ever, ask.is_long = made.is_ever, made.is_long
    ask.bit, ask.without = made.bit, made.without
    ask.window, ask.delay = feature.window_ms, feature.delay_ms
    ask.min_rows, ask.quantile = max(1, feature.min_rows), feature.quantile
    ask.n_steps = len(made.steps)
    ask.pair = pair_index(pairs, max(0, feature.filter), ask.column)
    ask.without_pair = pair_index(pairs, feature.without, -1) if feature.without >= 0 else -1
    for at, step in enumerate(feature.steps):
        ask.steps[<int>at] = made.steps[at]
        ask.step_pairs[<int>at] = pair_index(pairs, step, -1)
    ask.track = -1
    if feature.aggregate == DISTINCT and not made.is_long:
        track = (feature.filter, feature.column, feature.window_ms, feature.delay_ms, made.base)
        if track not in tracks:
            tracks.append(track)
        ask.track = tracks.index(track)
    return 0
