# Two streams that take over the same one, as with more filters than fit into a mask. The first owns the entities; its
# twin has the same places. What it needs to know of one (key, neighbours in the order of touches) is copied before the
# owner changes it, or when the twin needs it; and so is the entity itself, before the owner's is rewritten or forgotten.

cdef inline bint is_twin(const Stream* s) noexcept nogil:
    """Tell whether a stream is a twin some of whose places may still wait for their copy."""
    return s.formers != NULL and s.formers.owner != NULL


cdef inline bint is_hollow(const Stream* s, uint32_t index) noexcept nogil:
    """Tell whether a place of a twin still waits for its copy of the entity."""
    return is_twin(s) and s.slab[index].layout != s.layout


cdef inline void place_open(Stream* s, uint32_t index) noexcept nogil:
    """Make sure that a place can be changed: that this stream knows it, and each twin that is still to know it."""
    if s.n_shared:
        place_know(s, index)
    elif s.twin != NULL:
        twins_know(s, index)


cdef inline const Entity* place_seen(const Stream* s, uint32_t index) noexcept nogil:
    """Return a place to look at it: the owner's while a twin does not know it."""
    return &s.formers.owner.slab[index] if index < s.n_shared and not s.slab[index].is_known else &s.slab[index]


cdef void place_know(Stream* s, uint32_t index) noexcept nogil:
    """Let a twin know a place, as it was when it became a twin; the owner has not changed it since."""
    cdef Entity* e
    cdef const Entity* seen
    if index >= s.n_shared or s.slab[index].is_known:
        return
    e, seen = &s.slab[index], &s.formers.owner.slab[index]
    e.hash, e.colder, e.warmer = seen.hash, seen.colder, seen.warmer
    e.is_capped, e.is_free, e.is_known = seen.is_capped, seen.is_free, True
    if not e.is_free:
        slot_put(s.slots, s.slot_room, (<uint64_t>tag_of(e.hash) << 32) | (index + 1))


cdef void twins_know(Stream* s, uint32_t index) noexcept nogil:
    cdef Stream* twin = s.twin
    while twin != NULL:
        place_know(twin, index)
        twin = twin.twin


cdef uint32_t twin_find(Stream* s, uint64_t hashed) noexcept nogil:
    """Return the place of an entity that is in no table of the twin yet, or NOBODY."""
    cdef uint32_t index = table_find(s.formers.owner, hashed)
    if index >= s.n_shared or s.slab[index].is_known:
        return NOBODY
    place_know(s, index)
    return index


cdef int entity_fill(Stream* s, uint32_t index) except -1:
    """Fill a place of a twin with a copy of what its owner has there; what came there since is not the twin's."""
    cdef Entity made
    cdef Entity* e = &s.slab[index]
    cdef Stream* owner = s.formers.owner
    place_know(s, index)
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
        if index < twin.n_shared and is_hollow(twin, index):
            entity_fill(twin, index)
        twin = twin.twin
    return 0


cdef int stream_twin(Stream* to, Stream* owner, Former* former) except -1:
    """Make a stream the twin of one that has just taken over the stream both want."""
    stream_clear(to)
    former.owner = owner
    former.shell = owner.formers.shell
    former.owned_layout, former.shell.layout = former.shell.layout, 0
    former.older = NULL
    to.formers = former
    to.layout = 1
    to.slots = <uint64_t*>get_zeros(owner.slot_room * sizeof(uint64_t))
    to.slab = <Entity*>get_zeros(owner.slab_room * sizeof(Entity))
    to.used, to.slab_room, to.n_shared = owner.used, owner.slab_room, owner.used
    to.slot_room, to.count, to.free_list = owner.slot_room, owner.count, owner.free_list
    to.coldest, to.warmest, to.evicted, to.n_capped = owner.coldest, owner.warmest, owner.evicted, owner.n_capped
    to.swept = 0
    to.twin = owner.twin
    owner.twin = to
    return 0


cdef void twin_leave(Stream* s) noexcept nogil:
    """Let a twin whose places are all filled go its own way."""
    cdef Stream* each = s.formers.owner
    while each.twin != s:
        each = each.twin
    each.twin = s.twin
    s.twin = NULL
    s.n_shared = 0


cdef int twins_finish(Stream* s) except -1:
    """Fill all places of a twin, so that it and its owner can go ways of their own."""
    if is_twin(s):
        stream_carry(s, MOST)
    return 0
