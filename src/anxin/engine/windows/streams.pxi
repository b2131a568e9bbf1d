# Making and dropping the C tables of streams and readers.

cdef int stream_fill(Stream* s, object layout) except -1:
    """Fill the fixed part of a stream and start it empty."""
    spec = layout.spec
    cdef int at
    s.salt = int.from_bytes(layout.salt, "little")
    s.key_parts = spec.key_parts
    s.n_columns = len(spec.columns)
    if s.n_columns > MAX_COLUMNS:
        raise ValueError(f"a stream has at most {MAX_COLUMNS} columns")
    s.shape.stride = 2 + s.n_columns
    s.mask_limit = <uint64_t>1 << <int>len(spec.filters)
    s.retention = layout.retention_ms
    s.has_days = layout.has_days
    s.texts = <uint8_t*>get_memory(NULL, s.n_columns + 1)
    for at in range(s.n_columns):
        s.texts[at] = layouts_of.is_text(spec, at)
    s.n_base = len(layout.base)
    s.base = fold_specs(layout.base)
    s.groups = <Group*>get_memory(NULL, (len(layout.panes) + 1) * sizeof(Group))
    for at in range(len(layout.panes)):
        s.groups[at].width = layout.panes[at].width_ms
        s.groups[at].reach = layout.panes[at].reach_ms
        s.groups[at].n_folds = len(layout.panes[at].folds)
        s.groups[at].folds = fold_specs(layout.panes[at].folds)
        s.n_groups = at + 1
    s.coldest = s.warmest = s.free_list = NOBODY
    table_grow(s)
    return 0


cdef int shape_fill(Shape* shape, list pairs, list tracks) except -1:
    """Fill the pairs and tracks that the asks of a stream's readers need."""
    cdef int at
    shape.pairs = <Pair*>get_memory(NULL, (len(pairs) + 1) * sizeof(Pair))
    for at in range(len(pairs)):
        shape.pairs[at].bit = <int64_t>1 << <int>pairs[at][0]
        shape.pairs[at].column = pairs[at][1]
    shape.n_pairs = len(pairs)
    shape.tracks = <TrackSpec*>get_memory(NULL, (len(tracks) + 1) * sizeof(TrackSpec))
    for at in range(len(tracks)):
        filter_, column, window, delay, fold = tracks[at]
        shape.tracks[at].bit = <int64_t>1 << <int>filter_
        shape.tracks[at].column = column
        shape.tracks[at].window = window
        shape.tracks[at].delay = delay
        shape.tracks[at].fold = fold
        shape.tracks[at].is_ever = fold >= 0
    shape.n_tracks = len(tracks)
    return 0


cdef int program_fill(Program* program, object plan, int reader, list layouts, list pairs, list tracks) except -1:
    """Fill what one reader touches and asks; what is asked before the row enters comes first."""
    spec = plan.readers[reader]
    cdef int first = 0
    cdef int at, stream
    cdef Touch* touch
    program.size = len(spec.features)
    program.touches = <Touch*>get_memory(NULL, (len(spec.streams) + 1) * sizeof(Touch))
    for at in range(len(spec.streams)):
        stream = spec.streams[at]
        made = TouchPlan(plan, layouts[stream], reader, stream, first)
        touch = &program.touches[at]
        touch.stream = stream
        touch.first = first
        touch.n_before = len(made.before)
        touch.n_asks = 0
        touch.asks = <Ask*>get_memory(NULL, (len(made.asks) + 1) * sizeof(Ask))
        program.n_touches = at + 1
        for ask in [*made.before, *made.after]:
            fill_ask(&touch.asks[touch.n_asks], ask, pairs[stream], tracks[stream])
            touch.n_asks += 1
        first += plan.streams[stream].width
    program.width = first
    return 0


cdef void program_drop(Program* program) noexcept:
    cdef int at
    for at in range(program.n_touches):
        free(program.touches[at].asks)
    free(program.touches)


cdef void stream_drop(Stream* s) noexcept:
    cdef int at
    for at in range(s.n_groups):
        free(s.groups[at].folds)
    free(s.groups)
    free(s.base)
    free(s.texts)
    free(s.shape.pairs)
    free(s.shape.tracks)


cdef int64_t event_time(object t) except? -1:
    cdef int overflow = 0
    cdef int64_t time
    if not isinstance(t, int):
        raise TypeError("event time is an integer")
    time = PyLong_AsLongLongAndOverflow(t, &overflow)
    if overflow or not -TIME_LIMIT < time < TIME_LIMIT:
        raise OverflowError("event time out of range")
    return time


cdef uint64_t mask_of(PyObject* place, uint64_t limit) except? 0xFFFFFFFFFFFFFFFF:
    cdef int overflow = 0
    cdef int64_t mask
    if not PyLong_Check(place):
        raise TypeError("a mask is an integer")
    mask = PyLong_AsLongLongAndOverflow(<object>place, &overflow)
    if overflow or mask < 0 or <uint64_t>mask >= limit:
        raise OverflowError("mask beyond the filters of the stream")
    return <uint64_t>mask


cdef bint has_key(PyObject** parts, int count) except *:
    """Tell whether every part of the key is there."""
    cdef int each
    for each in range(count):
        if parts[each] == Py_None:
            return False
    for each in range(count):
        if not PyUnicode_Check(parts[each]):
            raise TypeError("a key part is text")
    return True
