# Running counts of different values over the sliding windows of large entities. Bounds only rise; an earlier window is scanned.

cdef int track_move(Stream* s, Big* big, Track* track, const TrackSpec* spec, Pos at, Pos end, bint enters) except -1:
    """Let the rows from `at` up to `end` enter or leave."""
    cdef int stride = s.shape.stride
    cdef int stop
    cdef const int64_t* row
    while at.leaf < end.leaf or (at.leaf == end.leaf and at.row < end.row):
        stop = end.row if at.leaf == end.leaf else big.leaves[at.leaf].n
        while at.row < stop:
            row = big.leaves[at.leaf].rows + at.row * stride
            if row[1] & spec.bit and row[2 + spec.column] != MISSING:
                track_value(track, spec, row[2 + spec.column], enters)
            at.row += 1
        at.leaf += 1
        at.row = 0
    return 0


cdef inline int track_value(Track* track, const TrackSpec* spec, int64_t value, bint enters) except -1:
    if spec.is_ever:
        return bag_know(&track.bag, value) if enters else 0
    return bag_add(&track.bag, value) if enters else bag_take(&track.bag, value)


cdef int track_advance(Stream* s, Big* big, int number, int64_t low, int64_t high) except -1:
    """Slide a track to the rows with low < t ≤ high."""
    cdef Track* track = &big.tracks[number]
    cdef const TrackSpec* spec = &s.shape.tracks[number]
    cdef int stride = s.shape.stride
    if high > track.high:
        track_move(s, big, track, spec, big_upper(big, stride, track.high), big_upper(big, stride, high), True)
        track.high = high
    if low > track.low:
        if not spec.is_ever:
            track_move(s, big, track, spec, big_upper(big, stride, track.low), big_upper(big, stride, low), False)
        track.low = low
    return 0


cdef bint track_can_retreat(const Track* track, const TrackSpec* spec, int64_t low, int64_t high) noexcept nogil:
    """Tell whether stepping back to an earlier window is cheaper than scanning that window."""
    if spec.is_ever or high < track.low or low > track.low:
        return False
    return (track.high - high) * 4 < spec.window


cdef int64_t track_retreat(Stream* s, Big* big, int number, int64_t low, int64_t high) except -1:
    """Count over an earlier window by letting rows leave and enter, and put the track back as it was."""
    cdef Track* track = &big.tracks[number]
    cdef const TrackSpec* spec = &s.shape.tracks[number]
    cdef int stride = s.shape.stride
    cdef Pos early_low = big_upper(big, stride, low)
    cdef Pos late_low = big_upper(big, stride, track.low)
    cdef Pos early_high = big_upper(big, stride, min(high, track.high))
    cdef Pos late_high = big_upper(big, stride, track.high)
    cdef int64_t n
    track_move(s, big, track, spec, early_low, late_low, True)
    track_move(s, big, track, spec, early_high, late_high, False)
    n = track.bag.size
    track_move(s, big, track, spec, early_high, late_high, True)
    track_move(s, big, track, spec, early_low, late_low, False)
    return n


cdef int track_open(Stream* s, Entity* e, int number, int64_t low) except -1:
    """Start a track with nothing in it but, for ever, the base."""
    cdef Track* track = &e.big.tracks[number]
    cdef const TrackSpec* spec = &s.shape.tracks[number]
    cdef Bag* known
    track.is_on = True
    track.low = track.high = low
    if spec.is_ever and e.extra != NULL:
        known = fold_bag(&e.extra.base[spec.fold])
        if known != NULL:
            bag_join(&track.bag, known)
    return 0


cdef int tracks_cut(Stream* s, Entity* e, int64_t bound) except -1:
    """Let go of the rows that are about to leave the log."""
    cdef int each
    cdef Track* track
    for each in range(s.shape.n_tracks):
        track = &e.big.tracks[each]
        if track.is_on:
            track_advance(s, e.big, each, max(track.low, bound), max(track.high, bound))
    return 0


cdef int tracks_insert(Stream* s, Entity* e, const int64_t* row, bint is_folded) except -1:
    """Take in a row that came into the log, or straight into the base."""
    cdef int each
    cdef Track* track
    cdef const TrackSpec* spec
    for each in range(s.shape.n_tracks):
        track = &e.big.tracks[each]
        spec = &s.shape.tracks[each]
        if not track.is_on or not row[1] & spec.bit or row[2 + spec.column] == MISSING:
            continue
        if (track.low < row[0] <= track.high and not is_folded) or (is_folded and spec.is_ever):
            track_value(track, spec, row[2 + spec.column], True)
    return 0


cdef int entity_insert(Stream* s, Entity* e, const int64_t* row, const Moment* now) except -1:
    """Take in a row of a counted event."""
    cdef int each
    if e.is_capped or s.has_days:
        entity_extra(s, e)
        for each in range(s.n_groups if e.is_capped else 1):
            panes_add(&e.extra.panes[each], &s.groups[each], row)
    if e.is_capped:
        return capped_insert(s, e, row)
    if row[0] <= now.bound:
        entity_fold(s, e, row)
        return tracks_insert(s, e, row, True) if e.big != NULL else 0
    s.n_rows += 1
    if e.big == NULL and e.n < SMALL_ROWS:
        return small_insert(s, e, row)
    if e.big == NULL:
        entity_grow(s, e)
    big_insert(e.big, &s.shape, row)
    return tracks_insert(s, e, row, False)


cdef int capped_insert(Stream* s, Entity* e, const int64_t* row) except -1:
    """Fold the row, and keep it when it is among the latest rows."""
    cdef int stride = s.shape.stride
    entity_fold(s, e, row)
    small_insert(s, e, row)
    s.n_rows += 1
    if e.n > LATEST:
        e.n -= 1
        s.n_rows -= 1
        memmove(e.rows, e.rows + stride, e.n * stride * sizeof(int64_t))
    return 0


cdef int entity_cap(Stream* s, Entity* e) except -1:
    """Go over from rows to panes, and keep only the latest rows."""
    cdef Big* big
    cdef int leaf, each
    cdef int64_t left
    entity_extra(s, e)
    if e.big == NULL:
        for each in range(e.n):
            cap_row(s, e, e.rows + each * s.shape.stride)
        e.is_capped = True
        return 0
    big, e.big = e.big, NULL
    left = big.n
    s.n_rows -= max(<int64_t>0, left - LATEST)
    for leaf in range(big.first, big.end):
        for each in range(big.skip if leaf == big.first else 0, big.leaves[leaf].n):
            cap_row(s, e, big.leaves[leaf].rows + each * s.shape.stride)
            if left <= LATEST:
                small_insert(s, e, big.leaves[leaf].rows + each * s.shape.stride)
            left -= 1
    big_free(big, &s.shape)
    e.is_capped = True
    return 0


cdef int cap_row(Stream* s, Entity* e, const int64_t* row) except -1:
    cdef int each
    entity_fold(s, e, row)
    for each in range(1 if s.has_days else 0, s.n_groups):
        panes_add(&e.extra.panes[each], &s.groups[each], row)
    return 0
