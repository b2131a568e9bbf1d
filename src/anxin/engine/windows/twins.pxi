# Two streams that take over the same one, as with more filters than fit into a mask. The first owns the entities; its
# twin has the same places, hollow, and each is filled with a copy before the owner's is rewritten or forgotten, or when
# the twin needs it.

cdef inline bint is_hollow(const Stream* s, uint32_t index) noexcept nogil:
    """Tell whether a place of a twin still waits for its copy."""
    return s.formers != NULL and s.formers.owner != NULL and s.slab[index].layout != s.layout


cdef int entity_fill(Stream* s, uint32_t index) except -1:
    """Fill a place of a twin with a copy of what its owner has there; what came there since is not the twin's."""
    cdef Entity made
    cdef Entity* e = &s.slab[index]
    cdef Stream* owner = s.formers.owner
    if owner.slab[index].layout != owner.layout:
        entity_made(s, index, &made)
        e.rows, e.big, e.extra, e.n, e.room = made.rows, made.big, made.extra, made.n, made.room
        s.n_rows += entity_rows(e)
    e.layout = s.layout
    return 0


cdef int twins_fill(Stream* s, uint32_t index) except -1:
    """Let every twin take its copy of an entity that is about to change."""
    cdef Stream* twin = s.twin if not is_hollow(s, index) else NULL
    while twin != NULL:
        if index < twin.used and is_hollow(twin, index):
            entity_fill(twin, index)
        twin = twin.twin
    return 0


cdef int stream_twin(Stream* to, Stream* owner, Former* former) except -1:
    """Make a stream the twin of one that has just taken over the stream both want."""
    cdef uint32_t at
    stream_clear(to)
    former.owner = owner
    former.shell = owner.formers.shell
    former.owned_layout, former.shell.layout = former.shell.layout, 0
    former.older = NULL
    to.formers = former
    to.layout = 1
    to.slots = <uint64_t*>get_memory(NULL, owner.slot_room * sizeof(uint64_t))
    memcpy(to.slots, owner.slots, owner.slot_room * sizeof(uint64_t))
    to.slab = <Entity*>get_memory(NULL, owner.slab_room * sizeof(Entity))
    to.used, to.slab_room = owner.used, owner.slab_room
    to.slot_room, to.count, to.free_list = owner.slot_room, owner.count, owner.free_list
    to.coldest, to.warmest, to.evicted, to.n_capped = owner.coldest, owner.warmest, owner.evicted, owner.n_capped
    for at in range(owner.used):
        to.slab[at] = owner.slab[at]
        to.slab[at].rows = NULL
        to.slab[at].big = NULL
        to.slab[at].extra = NULL
        to.slab[at].n = to.slab[at].room = to.slab[at].layout = 0
    to.swept = 0
    to.twin = owner.twin
    owner.twin = to
    return 0


cdef int twins_finish(Stream* s) except -1:
    """Fill all places of a twin, so that it and its owner can go ways of their own."""
    if s.formers != NULL and s.formers.owner != NULL:
        stream_carry(s, MOST)
    s.twin = NULL
    return 0
