# What windows do when a policy changes: take over streams, and carry what was taken to the new plan by and by.

cdef object take_over(KernelWindows windows, object other, object donor):
    """Take over what the plan wants of other windows; return the streams that are warming."""
    claims, warming = claims_of(windows.plan, windows.layouts, donor)
    for claim in claims:
        if isinstance(other, KernelWindows):
            take_stream(windows, other, claim)
        else:
            take_records(windows, claim, donor)
    if isinstance(other, KernelWindows):
        release_later(windows, other)
    windows._set_watermark(donor.watermark)
    return warming


cdef int take_stream(KernelWindows windows, KernelWindows other, object claim) except -1:
    cdef Stream* mine = &windows.streams[<int>claim.stream]
    cdef Stream* theirs = &other.streams[<int>claim.source]
    if claim.is_shared:
        return stream_copy(mine, theirs, former_new(claim.rewriter, claim.until))
    if claim.rewriter is None and shapes_are_equal(&mine.shape, &theirs.shape):
        return stream_take(mine, theirs, NULL)
    return stream_take(mine, theirs, former_new(claim.rewriter, claim.until))


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
