# What windows do when a policy changes: take over streams, and carry what was taken to the new plan by and by.

cdef object take_over(KernelWindows windows, object other, object donor):
    """Take over what the plan wants of other windows; return the streams that are warming."""
    claims, warming = claims_of(windows.plan, windows.layouts, donor)
    if isinstance(other, KernelWindows):
        take_streams(windows, other, claims)
        release_later(windows, other)
    else:
        for claim in claims:
            take_records(windows, claim, donor)
    windows._set_watermark(donor.watermark)
    return warming


cdef int take_streams(KernelWindows windows, KernelWindows other, list claims) except -1:
    """Take over streams; of several that want the same one, the last claim owns the entities."""
    cdef int at
    cdef Stream* mine
    cdef Stream* theirs
    cdef Former* former
    shared = {claim.source for claim in claims if claim.is_shared}
    owners = {claim.source: claim.stream for claim in claims if not claim.is_shared}
    for at in range(other.n_streams):
        twins_finish(&other.streams[at])
    for claim in sorted(claims, key=lambda claim: claim.is_shared):
        mine = &windows.streams[<int>claim.stream]
        theirs = &other.streams[<int>claim.source]
        former = NULL
        if claim.rewriter is not None or claim.source in shared or not shapes_are_equal(&mine.shape, &theirs.shape):
            former = former_new(claim.rewriter, claim.until)
        if claim.is_shared:
            stream_twin(mine, &windows.streams[<int>owners[claim.source]], former)
        else:
            stream_take(mine, theirs, former)
    return 0


cdef int take_records(KernelWindows windows, object claim, object donor) except -1:
    for block in claim.blocks(donor):
        windows._load_block(claim.stream, block)
    windows.streams[<int>claim.stream].evicted = donor.held(claim.source).evicted
    return 0


cdef int release_later(KernelWindows windows, KernelWindows other) except -1:
    """Take what nobody wants of spent windows, to free it by and by; no reader is left to them."""
    cdef int at
    cdef int count = windows.n_leftovers + other.n_leftovers + other.n_streams
    windows.leftovers = <Stream*>get_memory(windows.leftovers, (count + 1) * sizeof(Stream))
    for at in range(other.n_leftovers):
        windows.leftovers[windows.n_leftovers + at] = other.leftovers[at]
    windows.n_leftovers += other.n_leftovers
    other.n_leftovers = 0
    for at in range(other.n_streams):
        windows.leftovers[windows.n_leftovers] = other.streams[at]
        windows.n_leftovers += 1
    for at in range(other.n_programs):
        program_drop(&other.programs[at])
    other.n_streams = other.n_programs = 0
    return 0


cdef bint carry_on(KernelWindows windows, int64_t work) except? True:
    """Do some of what adopting left to do; tell whether more is left."""
    cdef int at
    for at in range(windows.n_streams):
        work = stream_carry(&windows.streams[at], work)
        if work <= 0:
            return True
    while windows.n_leftovers:
        work = stream_release(&windows.leftovers[windows.n_leftovers - 1], work)
        if work <= 0:
            return True
        windows.n_leftovers -= 1
    return False


cdef bint shapes_are_equal(const Shape* a, const Shape* b) noexcept nogil:
    """Tell whether large entities of the one are as they would be in the other."""
    cdef int each
    if a.stride != b.stride or a.n_pairs != b.n_pairs or a.n_tracks != b.n_tracks:
        return False
    for each in range(a.n_pairs):
        if a.pairs[each].bit != b.pairs[each].bit or a.pairs[each].column != b.pairs[each].column:
            return False
    for each in range(a.n_tracks):
        if not tracks_are_equal(&a.tracks[each], &b.tracks[each]):
            return False
    return True


cdef bint tracks_are_equal(const TrackSpec* a, const TrackSpec* b) noexcept nogil:
    if a.bit != b.bit or a.column != b.column or a.fold != b.fold:
        return False
    return a.window == b.window and a.delay == b.delay
