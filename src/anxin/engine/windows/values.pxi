# Answers that need the values themselves: distinct, median, mad, quantile; and answers from panes.

ctypedef struct Scratch:
    int64_t keys[256]
    uint64_t used[4]
    int64_t n


cdef inline void scratch_know(Scratch* scratch, int64_t key) noexcept nogil:
    """Put a key in once; at most SMALL_ROWS + LATEST / 2 keys fit."""
    cdef uint32_t at = spread(key) & 255
    while scratch.used[at >> 6] >> (at & 63) & 1:
        if scratch.keys[at] == key:
            return
        at = (at + 1) & 255
    scratch.used[at >> 6] |= <uint64_t>1 << (at & 63)
    scratch.keys[at] = key
    scratch.n += 1


cdef int64_t distinct_small(Stream* s, Entity* e, const Ask* ask, const Bag* known, int64_t low, int64_t high) noexcept:
    """Count the different values among few rows that the base does not know."""
    cdef Span span = span_of(s, e, low, high)
    cdef Scratch scratch
    cdef const int64_t* row
    memset(scratch.used, 0, sizeof(scratch.used))
    scratch.n = 0
    while True:
        row = span_first(&span, ask.bit, ask.column, ask.pair)
        if row == NULL:
            return scratch.n
        if known == NULL or bag_find(known, row[2 + ask.column]) < 0:
            scratch_know(&scratch, row[2 + ask.column])


cdef object distinct_scan(Stream* s, Entity* e, const Ask* ask, const Bag* known, int64_t low, int64_t high):
    """Count the different values of many rows."""
    cdef Span span = span_of(s, e, low, high)
    cdef Bag bag
    cdef const int64_t* row
    cdef int64_t n
    memset(&bag, 0, sizeof(Bag))
    row = span_first(&span, ask.bit, ask.column, ask.pair)
    while row != NULL:
        if known == NULL or bag_find(known, row[2 + ask.column]) < 0:
            bag_know(&bag, row[2 + ask.column])
        row = span_first(&span, ask.bit, ask.column, ask.pair)
    n = bag.size + (known.size if known != NULL else 0)
    bag_clear(&bag)
    return n


cdef object answer_distinct(Stream* s, Entity* e, const Ask* ask, const Fold* base, int64_t low, int64_t high):
    cdef Bag* known = fold_bag(base) if base != NULL else NULL
    cdef Track* track
    if e.big == NULL:
        return distinct_small(s, e, ask, known, low, high) + (known.size if known != NULL else 0)
    track = &e.big.tracks[ask.track]
    if not track.is_on:
        track_open(s, e, ask.track, low)
    if high < track.high and track_can_retreat(track, &s.shape.tracks[ask.track], low, high):
        return track_retreat(s, e.big, ask.track, low, high)
    if high < track.high or low < track.low:
        return distinct_scan(s, e, ask, known, low, high)
    track_advance(s, e.big, ask.track, low, high)
    return track.bag.size


cdef void sort_values(int64_t* values, int n) noexcept nogil:
    """Sort at most LATEST values in place."""
    cdef int[6] gaps = [132, 57, 23, 10, 4, 1]
    cdef int step, gap, at, to
    cdef int64_t value
    for step in range(6):
        gap = gaps[step]
        for at in range(gap, n):
            value = values[at]
            to = at
            while to >= gap and values[to - gap] > value:
                values[to] = values[to - gap]
                to -= gap
            values[to] = value


cdef int latest_values(Span* span, const Ask* ask, const Fold* base, int64_t* values) noexcept:
    """Collect the latest present values, in any order; return how many."""
    cdef int n = 0
    cdef int64_t left
    cdef const int64_t* row
    while n < LATEST:
        row = span_last(span, ask.bit, ask.column, ask.pair)
        if row == NULL:
            break
        values[n] = row[2 + ask.column]
        n += 1
    left = base.n if base != NULL else 0
    while left > 0 and n < LATEST:
        left -= 1
        values[n] = fold_values(base)[left]
        n += 1
    return n


cdef object answer_ranked(Span* span, const Ask* ask, const Fold* base):
    """Answer median, mad or quantile."""
    cdef int64_t[LATEST] values
    cdef int n = latest_values(span, ask, base, values)
    cdef int64_t rank
    if n < ask.min_rows:
        return None
    sort_values(values, n)
    if ask.kind == QUANTILE:
        rank = (ask.quantile * n + 999) // 1000 - 1
        return values[max(<int64_t>0, rank)]
    if ask.kind == MEDIAN:
        return values[(n - 1) // 2]
    return absolute_median(values, n)


cdef object absolute_median(int64_t* values, int n):
    """Return the lower median of the distances from the median; a distance may need 64 bits without a sign."""
    cdef uint64_t middle = <uint64_t>values[(n - 1) // 2]
    cdef int low = (n - 1) // 2
    cdef int high = low + 1
    cdef int rank = (n - 1) // 2
    cdef uint64_t left, right, distance = 0
    # The sorted values are walked outward from the median: the next distance is always at one of the two ends.
    while rank >= 0:
        left = middle - <uint64_t>values[low] if low >= 0 else <uint64_t>-1
        right = <uint64_t>values[high] - middle if high < n else <uint64_t>-1
        if low >= 0 and (high >= n or left <= right):
            distance = left
            low -= 1
        else:
            distance = right
            high += 1
        rank -= 1
    return distance


cdef object answer_panes(Stream* s, Entity* e, const Ask* ask, const Moment* now):
    """Answer from the panes of the window."""
    cdef const Group* group = &s.groups[ask.pane_group]
    cdef int64_t end = now.t - ask.delay
    cdef int64_t low = floor_div(end - ask.window, group.width)
    cdef int64_t high = floor_div(end, group.width)
    cdef PaneList* panes
    cdef int first, stop
    if e.extra == NULL:
        return answer_nothing(ask)
    low = max(low, floor_div(now.watermark - group.reach - now.lateness, group.width))
    panes = &e.extra.panes[ask.pane_group]
    first = panes_place(panes, low + 1)
    stop = panes_place(panes, high + 1)
    return answer_folds(panes.folds + ask.pane_fold, group, first, stop, ask, now.t)


cdef object answer_folds(const Fold* folds, const Group* group, int first, int stop, const Ask* ask, int64_t t):
    cdef int kind = group.folds[ask.pane_fold].kind
    cdef const Fold* fold
    cdef Sum total
    cdef int64_t edge = MISSING
    cdef int at
    if kind == FOLD_DISTINCT:
        return distinct_folds(folds, group.n_folds, first, stop)
    sum_clear(&total)
    for at in range(first, stop):
        fold = folds + at * group.n_folds
        fold_sum(&total, fold, kind)
        if fold.n and (edge == MISSING or (fold.number < edge if kind == FOLD_FIRST else fold.number > edge)):
            edge = fold.number
    if ask.kind <= MAX:
        return from_sum(ask, &total)
    return None if edge == MISSING else max(<int64_t>0, t - edge)


cdef object distinct_folds(const Fold* folds, int n_folds, int first, int stop):
    cdef Bag bag
    cdef int at
    cdef int64_t n
    memset(&bag, 0, sizeof(Bag))
    for at in range(first, stop):
        if folds[at * n_folds].n:
            bag_join(&bag, fold_bag(&folds[at * n_folds]))
    n = bag.size
    bag_clear(&bag)
    return n
