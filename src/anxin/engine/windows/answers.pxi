# Answers: one feature of one entity at one moment.

ctypedef struct Span:
    Stream* stream
    Entity* entity
    Pos low
    Pos high


cdef Pos entity_upper(Stream* s, Entity* e, int64_t t) noexcept nogil:
    """Return the place after the last row at or before `t`."""
    cdef Pos pos
    if e.big != NULL:
        return big_upper(e.big, s.shape.stride, t)
    pos.leaf = 0
    pos.row = e.n
    while pos.row > 0 and e.rows[(pos.row - 1) * s.shape.stride] > t:
        pos.row -= 1
    return pos


cdef Span span_of(Stream* s, Entity* e, int64_t low, int64_t high) noexcept nogil:
    """Return the rows with low < t ≤ high."""
    cdef Span span
    cdef int stride = s.shape.stride
    span.stream = s
    span.entity = e
    span.high = entity_upper(s, e, high)
    if e.big != NULL:
        span.low = big_upper(e.big, stride, low)
        return span
    span.low.leaf = 0
    span.low.row = 0
    while span.low.row < span.high.row and e.rows[span.low.row * stride] <= low:
        span.low.row += 1
    return span


cdef inline bint comes_before(Pos a, Pos b) noexcept nogil:
    return a.leaf < b.leaf or (a.leaf == b.leaf and a.row < b.row)


cdef inline int64_t* row_at(const Span* span, Pos pos) noexcept nogil:
    if span.entity.big == NULL:
        return span.entity.rows + pos.row * span.stream.shape.stride
    return span.entity.big.leaves[pos.leaf].rows + pos.row * span.stream.shape.stride


cdef void span_sum(const Span* span, const Ask* ask, Sum* total) noexcept nogil:
    """Sum the matching rows of a span: two partial leaves, and the sums between."""
    cdef Big* big = span.entity.big
    cdef Pos at = span.low
    cdef int stride = span.stream.shape.stride
    cdef int n_pairs = span.stream.shape.n_pairs
    cdef Leaf* leaf
    if not comes_before(span.low, span.high):
        return
    if big == NULL:
        sum_rows(total, row_at(span, at), span.high.row - at.row, stride, ask.bit, ask.column)
        return
    if at.leaf == span.high.leaf:
        sum_rows(total, row_at(span, at), span.high.row - at.row, stride, ask.bit, ask.column)
        return
    leaf = big.leaves[at.leaf]
    sum_rows(total, row_at(span, at), leaf.n - at.row, stride, ask.bit, ask.column)
    at.leaf += 1
    while at.leaf < span.high.leaf:
        if at.leaf % GROUP_LEAVES == 0 and at.leaf + GROUP_LEAVES <= span.high.leaf:
            sum_join(total, &big.groups[(at.leaf // GROUP_LEAVES) * n_pairs + ask.pair])
            at.leaf += GROUP_LEAVES
        else:
            sum_join(total, &big.leaves[at.leaf].sums[ask.pair])
            at.leaf += 1
    if span.high.row:
        sum_rows(total, big.leaves[at.leaf].rows, span.high.row, stride, ask.bit, ask.column)


cdef inline bint fits(const int64_t* row, int64_t bit, int column) noexcept nogil:
    return row[1] & bit != 0 and (column < 0 or row[2 + column] != MISSING)


cdef int64_t* span_first(Span* span, int64_t bit, int column, int pair) noexcept nogil:
    """Return the first matching row of a span and move its low end behind it; NULL when there is none."""
    cdef Big* big = span.entity.big
    cdef int n_pairs = span.stream.shape.n_pairs
    cdef int stop
    cdef int64_t* row
    while comes_before(span.low, span.high):
        if big != NULL and span.low.row == 0 and span.low.leaf < span.high.leaf:
            if span.low.leaf % GROUP_LEAVES == 0 and span.low.leaf + GROUP_LEAVES <= span.high.leaf:
                if span.low.leaf > big.first and big.groups[(span.low.leaf // GROUP_LEAVES) * n_pairs + pair].n == 0:
                    span.low.leaf += GROUP_LEAVES
                    continue
            if big.leaves[span.low.leaf].sums[pair].n == 0:
                span.low.leaf += 1
                continue
        stop = span.high.row if span.low.leaf == span.high.leaf else big.leaves[span.low.leaf].n
        while span.low.row < stop:
            row = row_at(span, span.low)
            span.low.row += 1
            if fits(row, bit, column):
                return row
        if span.low.leaf == span.high.leaf:
            return NULL
        span.low.leaf += 1
        span.low.row = 0
    return NULL


cdef int64_t* span_last(Span* span, int64_t bit, int column, int pair) noexcept nogil:
    """Return the last matching row of a span and move its high end before it; NULL when there is none."""
    cdef Big* big = span.entity.big
    cdef int n_pairs = span.stream.shape.n_pairs
    cdef int first
    cdef int64_t* row
    while comes_before(span.low, span.high):
        first = span.low.row if span.low.leaf == span.high.leaf else 0
        while span.high.row > first:
            span.high.row -= 1
            row = row_at(span, span.high)
            if fits(row, bit, column):
                return row
        if span.low.leaf == span.high.leaf:
            return NULL
        span.high.leaf -= 1
        while span.high.leaf > span.low.leaf and big.leaves[span.high.leaf].sums[pair].n == 0:
            if span.high.leaf % GROUP_LEAVES == GROUP_LEAVES - 1 and span.high.leaf - GROUP_LEAVES >= span.low.leaf:
                if big.groups[(span.high.leaf // GROUP_LEAVES) * n_pairs + pair].n == 0:
                    span.high.leaf -= GROUP_LEAVES
                    continue
            span.high.leaf -= 1
        span.high.row = big.leaves[span.high.leaf].n
    return NULL


cdef object exact(int128 number):
    """Return a wide integer as a Python int."""
    if MISSING <= number <= MOST:
        return <int64_t>number
    return (<object><int64_t>(number >> 64) << 64) | <object><uint64_t>number


cdef object from_sum(const Ask* ask, const Sum* total):
    """Answer count, sum, avg, min or max."""
    if ask.kind == COUNT:
        return total.n
    if ask.kind == SUM:
        return exact(total.total)
    if total.n < ask.min_rows:
        return None
    if ask.kind == MIN:
        return total.lowest
    if ask.kind == MAX:
        return total.highest
    if -EXACT_FLOAT < total.total < EXACT_FLOAT:
        return <double><int64_t>total.total / <double>total.n
    return exact(total.total) / total.n


cdef object answer(Stream* s, Entity* e, const Ask* ask, const Moment* now):
    """Answer one feature of an entity, or of an unknown one (NULL)."""
    cdef int64_t low, high
    cdef Fold* base = NULL
    if e == NULL:
        return answer_nothing(ask)
    if (ask.is_long or e.is_capped) and ask.pane_group >= 0:
        return answer_panes(s, e, ask, now)
    if ask.is_ever:
        if e.is_capped:
            low, high = BEFORE_ALL, now.t
            if not is_in_order(s.base[ask.base].kind):
                low = high = AFTER_ALL
        else:
            low, high = now.bound, max(now.t, now.bound)
        if e.extra != NULL and e.extra.has_base and low != BEFORE_ALL:
            base = &e.extra.base[ask.base]
    else:
        low = max(now.t - ask.delay - ask.window, now.bound)
        high = max(low, now.t - ask.delay)
    return answer_rows(s, e, ask, now, base, low, high)


cdef object answer_nothing(const Ask* ask):
    if ask.kind == COUNT or ask.kind == SUM or ask.kind == DISTINCT:
        return 0
    return False if ask.kind == SEQUENCE or ask.kind == ABSENCE else None


cdef object answer_rows(
    Stream* s, Entity* e, const Ask* ask, const Moment* now, Fold* base, int64_t low, int64_t high
):
    """Answer from the base (NULL: none) and the rows with low < t ≤ high."""
    cdef Span span
    cdef Sum total
    if ask.kind == DISTINCT:
        return answer_distinct(s, e, ask, base, low, high)
    if ask.kind == ABSENCE:
        return answer_absence(s, e, ask, base, low, high, max(low, now.t))
    span = span_of(s, e, low, high)
    if ask.kind <= MAX:
        sum_clear(&total)
        if base != NULL:
            fold_sum(&total, base, s.base[ask.base].kind)
        span_sum(&span, ask, &total)
        return from_sum(ask, &total)
    if ask.kind == SEQUENCE:
        return answer_sequence(&span, ask, base)
    if ask.kind >= MEDIAN:
        return answer_ranked(&span, ask, base)
    return answer_edge(&span, ask, base, now.t)


cdef object answer_edge(Span* span, const Ask* ask, const Fold* base, int64_t t):
    """Answer last, first_seen or since: the row at one end of the span, or the base."""
    cdef const int64_t* row
    if ask.kind == FIRST_SEEN and base != NULL and base.n:
        return max(<int64_t>0, t - base.number)
    if ask.kind == FIRST_SEEN:
        row = span_first(span, ask.bit, ask.column, ask.pair)
    else:
        row = span_last(span, ask.bit, ask.column, ask.pair)
    if row == NULL:
        if base == NULL or base.n == 0:
            return None
        return base.number if ask.kind == LAST else max(<int64_t>0, t - base.number)
    return row[2 + ask.column] if ask.kind == LAST else max(<int64_t>0, t - row[0])


cdef object answer_sequence(Span* span, const Ask* ask, const Fold* base):
    cdef int step = <int>base.number if base != NULL else 0
    while step < ask.n_steps:
        if span_first(span, ask.steps[step], -1, ask.step_pairs[step]) == NULL:
            return False
        step += 1
    return True


cdef object answer_absence(
    Stream* s, Entity* e, const Ask* ask, const Fold* base, int64_t low, int64_t high, int64_t t
):
    cdef Span found = span_of(s, e, low, high)
    cdef Span after = span_of(s, e, low, t)
    if span_last(&found, ask.bit, -1, ask.pair) != NULL:
        after.low = found.high
        after.low.row += 1
    elif base == NULL or base.number != 1:
        return False
    return span_first(&after, ask.without, -1, ask.without_pair) == NULL
