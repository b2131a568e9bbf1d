# The entities of one stream: a slab, an open-addressing table of (hash tag, index), and a list from coldest to warmest.

cdef uint64_t* slots_new(uint32_t room) except NULL:
    cdef uint64_t* slots = <uint64_t*>get_memory(NULL, room * sizeof(uint64_t))
    memset(slots, 0, room * sizeof(uint64_t))
    return slots


cdef inline uint32_t tag_of(uint64_t hashed) noexcept nogil:
    return <uint32_t>(hashed >> 32) ^ <uint32_t>hashed


cdef uint32_t table_find(const Stream* s, uint64_t hashed) noexcept nogil:
    """Return the slab index of an entity, or NOBODY."""
    cdef uint32_t tag = tag_of(hashed)
    cdef uint32_t at = tag & (s.slot_room - 1)
    cdef uint32_t index
    while s.slots[at]:
        if <uint32_t>(s.slots[at] >> 32) == tag:
            index = <uint32_t>s.slots[at] - 1
            if s.slab[index].hash == hashed:
                return index
        at = (at + 1) & (s.slot_room - 1)
    return NOBODY


cdef inline void table_fetch(const Stream* s, uint64_t hashed) noexcept nogil:
    """Ask for the memory of the entity that probably has this hash."""
    cdef uint32_t tag = tag_of(hashed)
    cdef uint64_t slot = s.slots[tag & (s.slot_room - 1)]
    if slot and <uint32_t>(slot >> 32) == tag:
        fetch_ahead(&s.slab[<uint32_t>slot - 1])


cdef inline void entity_fetch(const Stream* s, uint32_t index) noexcept nogil:
    """Ask for the memory that answering and touching an entity will need."""
    cdef const Entity* e
    if index == NOBODY:
        return
    e = &s.slab[index]
    if e.rows != NULL:
        fetch_ahead(e.rows)
        fetch_ahead(e.rows + 8)
        fetch_ahead(e.rows + 16)
    if e.extra != NULL:
        fetch_ahead(e.extra)
    if e.colder != NOBODY:
        fetch_ahead(&s.slab[e.colder])
    if e.warmer != NOBODY:
        fetch_ahead(&s.slab[e.warmer])


cdef inline void slot_put(uint64_t* slots, uint32_t room, uint64_t slot) noexcept nogil:
    cdef uint32_t at = <uint32_t>(slot >> 32) & (room - 1)
    while slots[at]:
        at = (at + 1) & (room - 1)
    slots[at] = slot


cdef int table_grow(Stream* s) except -1:
    cdef uint32_t room = 16 if s.slot_room == 0 else s.slot_room * 2
    cdef uint64_t* slots = slots_new(room)
    cdef uint32_t each
    for each in range(s.slot_room):
        if s.slots[each]:
            slot_put(slots, room, s.slots[each])
    free(s.slots)
    s.slots = slots
    s.slot_room = room
    return 0


cdef void table_take(Stream* s, uint32_t index) noexcept nogil:
    """Take an entity out of the table."""
    cdef uint32_t last = s.slot_room - 1
    cdef uint32_t hole = tag_of(s.slab[index].hash) & last
    cdef uint32_t at, home
    while <uint32_t>s.slots[hole] != index + 1:
        hole = (hole + 1) & last
    s.slots[hole] = 0
    at = (hole + 1) & last
    while s.slots[at]:
        home = <uint32_t>(s.slots[at] >> 32) & last
        if ((at - home) & last) >= ((at - hole) & last):
            s.slots[hole] = s.slots[at]
            s.slots[at] = 0
            hole = at
        at = (at + 1) & last


cdef inline void list_take(Stream* s, uint32_t index) noexcept nogil:
    cdef Entity* e = &s.slab[index]
    if e.colder != NOBODY:
        place_open(s, e.colder)
        s.slab[e.colder].warmer = e.warmer
    else:
        s.coldest = e.warmer
    if e.warmer != NOBODY:
        place_open(s, e.warmer)
        s.slab[e.warmer].colder = e.colder
    else:
        s.warmest = e.colder


cdef inline void list_warm(Stream* s, uint32_t index) noexcept nogil:
    """Put an entity at the warm end."""
    cdef Entity* e = &s.slab[index]
    if s.warmest != NOBODY:
        place_open(s, s.warmest)
    e.colder = s.warmest
    e.warmer = NOBODY
    if s.warmest != NOBODY:
        s.slab[s.warmest].warmer = index
    else:
        s.coldest = index
    s.warmest = index


cdef inline void entity_touch(Stream* s, uint32_t index) noexcept nogil:
    if s.warmest != index:
        place_open(s, index)
        list_take(s, index)
        list_warm(s, index)


cdef int entity_forget(Stream* s, uint32_t index) except -1:
    cdef Entity* e = &s.slab[index]
    place_open(s, index)
    s.n_rows -= entity_rows(e)
    s.n_capped -= e.is_capped
    table_take(s, index)
    list_take(s, index)
    if e.layout != s.layout:
        twins_fill(s, index)
        entity_free(shell_of(s, e), e)
        e.layout = s.layout
    else:
        entity_free(s, e)
    e.is_free = True
    e.warmer = s.free_list
    s.free_list = index
    s.count -= 1
    return 0


cdef uint32_t entity_place(Stream* s, uint64_t hashed) except? 0xFFFFFFFF:
    """Put an empty entity at the warm end; the caller knows that it is not there yet."""
    cdef uint32_t index = s.free_list
    if (s.count + 1) * <uint64_t>10 > s.slot_room * <uint64_t>7:
        table_grow(s)
    if index != NOBODY:
        place_open(s, index)
        s.free_list = s.slab[index].warmer
    else:
        if s.used == s.slab_room:
            s.slab_room = 16 if s.slab_room == 0 else s.slab_room + s.slab_room // 2
            s.slab = <Entity*>get_memory(s.slab, s.slab_room * sizeof(Entity))
        index = s.used
        s.used += 1
    memset(&s.slab[index], 0, sizeof(Entity))
    s.slab[index].hash = hashed
    s.slab[index].layout = s.layout
    s.slab[index].is_known = True
    slot_put(s.slots, s.slot_room, (<uint64_t>tag_of(hashed) << 32) | (index + 1))
    list_warm(s, index)
    s.count += 1
    return index


cdef uint32_t entity_create(Stream* s, uint64_t hashed, const Moment* now, uint64_t cap) except? 0xFFFFFFFF:
    """Place a new entity, after forgetting dead ones at the cold end and, from the cap on, the coldest."""
    cdef int each
    for each in range(SWEEP):
        if s.coldest != NOBODY:
            entity_renew(s, s.coldest)
            entity_expire(s, &s.slab[s.coldest], now)
            if not entity_is_live(s, &s.slab[s.coldest]):
                entity_forget(s, s.coldest)
    # Under a cap lower than the plan's before, one of those too many goes with each new one.
    for each in range(SWEEP):
        if s.count >= cap:
            entity_forget(s, s.coldest)
            s.evicted += 1
    return entity_place(s, hashed)


cdef void stream_clear(Stream* s) noexcept:
    """Forget every entity."""
    cdef uint32_t index
    # Free places hold nothing, and a twin may not know yet which comes after which.
    for index in range(s.used):
        entity_free(shell_of(s, &s.slab[index]), &s.slab[index])
    formers_drop(s)
    free(s.slab)
    free(s.slots)
    s.slab = NULL
    s.slots = NULL
    s.used = s.slab_room = s.slot_room = s.count = s.n_shared = 0
    s.coldest = s.warmest = s.free_list = NOBODY
    s.evicted = 0
    s.n_rows = s.n_capped = 0


cdef int entity_reshape(Stream* s, Entity* e, const Shape* old) except -1:
    """Build the leaves of a large entity anew for this stream's pairs and tracks."""
    cdef Big* source = e.big
    cdef int leaf, each
    e.big = big_new(&s.shape)
    for leaf in range(source.first, source.end):
        for each in range(source.skip if leaf == source.first else 0, source.leaves[leaf].n):
            big_append(e.big, &s.shape, source.leaves[leaf].rows + each * s.shape.stride)
    big_free(source, old)
    return 0


cdef void table_move(Stream* to, Stream* source) noexcept:
    """Hand over all entities as they lie; the source is left without any, not even a table."""
    to.slab, to.slots = source.slab, source.slots
    to.used, to.slab_room, to.slot_room = source.used, source.slab_room, source.slot_room
    to.count, to.coldest, to.warmest = source.count, source.coldest, source.warmest
    to.free_list, to.evicted, to.n_rows = source.free_list, source.evicted, source.n_rows
    to.n_capped, to.formers, to.swept, to.layout = source.n_capped, source.formers, source.swept, source.layout
    source.slab = NULL
    source.slots = NULL
    source.formers = NULL
    source.used = 0
    stream_clear(source)
