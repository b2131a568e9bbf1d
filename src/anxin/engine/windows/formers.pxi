# Entities that still lie as an earlier plan kept them, and how one is rewritten for the plan that came after.

ctypedef struct GroupSource:
    int group
    int* folds

ctypedef struct Former:
    Former* older
    Stream* owner
    uint8_t owned_layout
    Stream shell
    Moment until
    bint is_same
    bint has_same_masks
    int n_bits
    int* bits
    int* columns
    int* base
    GroupSource* groups


cdef int* places_of(object places) except NULL:
    """Return places as C numbers; −1 stands for None."""
    cdef int* found = <int*>get_memory(NULL, (len(places) + 1) * sizeof(int))
    for at, place in enumerate(places):
        found[<int>at] = -1 if place is None else place
    return found


cdef Former* former_new(object rewriter, object until) except NULL:
    """Return a former without a shell; `rewriter` is None when only pairs and tracks of large entities change."""
    cdef Former* former = <Former*>get_memory(NULL, sizeof(Former))
    cdef int at
    memset(former, 0, sizeof(Former))
    former.until.bound, former.until.watermark, former.until.lateness = until
    former.is_same = rewriter is None
    if rewriter is None:
        return former
    former.n_bits = len(rewriter.bits)
    former.bits = places_of(rewriter.bits)
    former.has_same_masks = rewriter.has_same_masks
    former.columns = places_of(rewriter.columns)
    former.base = places_of(rewriter.base)
    former.groups = <GroupSource*>get_memory(NULL, (len(rewriter.panes) + 1) * sizeof(GroupSource))
    for at in range(len(rewriter.panes)):
        group, folds = rewriter.panes[at] or (-1, ())
        former.groups[at].group = group
        former.groups[at].folds = places_of(folds)
    return former


cdef void former_drop(Former* former, int n_groups) noexcept:
    """Free what a former holds but its shell; `n_groups` is how many groups it rewrites into."""
    cdef int at
    for at in range(0 if former.groups == NULL else n_groups):
        free(former.groups[at].folds)
    free(former.bits)
    free(former.columns)
    free(former.base)
    free(former.groups)


cdef void formers_drop(Stream* s) noexcept:
    """Drop all formers of a stream whose entities are all of its own layout."""
    cdef Former* former = s.formers
    cdef Former* older
    cdef int n_groups = s.n_groups
    s.formers = NULL
    while former != NULL:
        older = former.older
        former_drop(former, n_groups)
        n_groups = former.shell.n_groups
        if former.owner == NULL:
            stream_drop(&former.shell)
        free(former)
        former = older


cdef int formers_count(const Stream* s) noexcept nogil:
    cdef const Former* each = s.formers
    cdef int count = 0
    while each != NULL:
        count += 1
        each = each.older
    return count


cdef inline Stream* shell_of(Stream* s, const Entity* e) noexcept nogil:
    """Return the stream that tells how an entity lies: `s`, or the shell of an earlier one."""
    cdef Former* former = s.formers
    if e.layout == s.layout:
        return s
    while former != NULL and former.shell.layout != e.layout:
        former = former.older
    return s if former == NULL else &former.shell


cdef int entity_convert(Stream* s, Entity* e, uint8_t layout) except -1:
    """Rewrite an entity up to a layout of this stream, one earlier plan after the other."""
    cdef Former* former
    cdef Stream* target
    while e.layout != layout:
        former, target = s.formers, s
        while former.shell.layout != e.layout:
            target = &former.shell
            former = former.older
        former_rewrite(former, target, e)
        e.layout = target.layout
    return 0


cdef int entity_made(Stream* s, uint32_t index, Entity* made) except -1:
    """Make a copy of an entity that lies as an earlier plan kept it, rewritten for this stream."""
    cdef Former* former = s.formers
    cdef bint has_owner = is_hollow(s, index)
    cdef Stream* owner = former.owner if has_owner else s
    cdef Entity* source = &owner.slab[index]
    memset(made, 0, sizeof(Entity))
    made.hash, made.layout = source.hash, source.layout
    entity_copy(shell_of(owner, source), made, source)
    if not has_owner:
        return entity_convert(s, made, s.layout)
    entity_convert(owner, made, former.owned_layout)
    former_rewrite(former, s, made)
    made.layout = s.layout
    return 0


cdef int entity_renew(Stream* s, uint32_t index) except -1:
    """Rewrite an entity of this stream in its place."""
    cdef Entity* e = &s.slab[index]
    cdef int64_t before = entity_rows(e)
    if e.layout == s.layout:
        return 0
    if is_hollow(s, index):
        return entity_fill(s, index)
    twins_fill(s, index)
    entity_convert(s, e, s.layout)
    s.n_rows += entity_rows(e) - before
    return 0


cdef int former_rewrite(Former* former, Stream* to, Entity* e) except -1:
    """Rewrite an entity for the plan after its own, as it was at the moment of the adoption."""
    cdef Entity made
    if former.is_same:
        if e.big != NULL:
            entity_reshape(to, e, &former.shell.shape)
        return 0
    entity_expire(&former.shell, e, &former.until)
    memset(&made, 0, sizeof(Entity))
    if e.is_capped:
        made.is_capped = True
        entity_extra(to, &made)
    if e.big != NULL:
        rewrite_leaves(former, to, e, &made)
    elif e.n:
        rewrite_rows(former, to, e, &made)
    if e.extra != NULL:
        rewrite_base(former, to, e.extra, &made)
        rewrite_panes(former, to, e.extra, &made)
    entity_free(&former.shell, e)
    e.rows, e.big, e.extra = made.rows, made.big, made.extra
    e.n, e.room, e.is_capped = made.n, made.room, made.is_capped
    return 0


cdef bint rewrite_row(const Former* former, int columns, const int64_t* row, int64_t* out) noexcept nogil:
    """Write a row as the new plan keeps it; return whether it keeps it at all."""
    cdef int64_t mask = 0
    cdef int each
    if former.has_same_masks:
        mask = row[1]
    else:
        for each in range(former.n_bits):
            if former.bits[each] >= 0 and row[1] >> former.bits[each] & 1:
                mask |= <int64_t>1 << each
    out[0] = row[0]
    out[1] = mask
    for each in range(columns):
        out[2 + each] = row[2 + former.columns[each]] if former.columns[each] >= 0 else MISSING
    return mask != 0


cdef int rewrite_rows(const Former* former, Stream* to, const Entity* e, Entity* made) except -1:
    cdef int stride = to.shape.stride
    cdef int each
    entity_reserve(to, made, e.n)
    for each in range(e.n):
        made.n += rewrite_row(
            former, to.n_columns, e.rows + each * former.shell.shape.stride, made.rows + made.n * stride
        )
    if made.n:
        return entity_reserve(to, made, made.n)
    free(made.rows)
    made.rows = NULL
    made.room = 0
    return 0


cdef int rewrite_leaves(const Former* former, Stream* to, const Entity* e, Entity* made) except -1:
    cdef int leaf, each
    cdef int64_t[2 + MAX_COLUMNS] row
    made.big = big_new(&to.shape)
    for leaf in range(e.big.first, e.big.end):
        for each in range(e.big.skip if leaf == e.big.first else 0, e.big.leaves[leaf].n):
            if rewrite_row(former, to.n_columns, e.big.leaves[leaf].rows + each * former.shell.shape.stride, row):
                big_append(made.big, &to.shape, row)
    return entity_shrink(to, made) if made.big.n <= SMALL_ROWS else 0


cdef int rewrite_base(const Former* former, Stream* to, const Extra* source, Entity* made) except -1:
    cdef int each
    if not source.has_base or to.n_base == 0:
        return 0
    entity_extra(to, made)
    for each in range(to.n_base):
        if former.base[each] >= 0:
            fold_copy(&made.extra.base[each], &source.base[former.base[each]], to.base[each].kind)
            made.extra.has_base |= not fold_is_empty(&made.extra.base[each], to.base[each].kind)
    return 0


cdef int rewrite_panes(const Former* former, Stream* to, const Extra* source, Entity* made) except -1:
    cdef int each, at
    cdef const PaneList* panes
    for each in range(to.n_groups):
        if former.groups[each].group < 0:
            continue
        panes = &source.panes[former.groups[each].group]
        for at in range(panes.n):
            rewrite_pane(former, to, each, panes.numbers[at], made, panes.folds + at * shell_folds(former, each))
    return 0


cdef inline int shell_folds(const Former* former, int group) noexcept nogil:
    return former.shell.groups[former.groups[group].group].n_folds


cdef int rewrite_pane(
    const Former* former, Stream* to, int number, int64_t at, Entity* made, const Fold* folds
) except -1:
    """Put one pane last, unless nothing of it is kept."""
    cdef const Group* group = &to.groups[number]
    cdef const int* places = former.groups[number].folds
    cdef bint is_kept = False
    cdef int each
    cdef PaneList* panes
    for each in range(group.n_folds):
        is_kept |= places[each] >= 0 and not fold_is_empty(&folds[places[each]], group.folds[each].kind)
    if not is_kept:
        return 0
    entity_extra(to, made)
    panes = &made.extra.panes[number]
    panes_open(panes, group, panes.n, at)
    for each in range(group.n_folds):
        if places[each] >= 0:
            fold_copy(
                &panes.folds[(panes.n - 1) * group.n_folds + each], &folds[places[each]], group.folds[each].kind
            )
    return 0


cdef int64_t stream_carry(Stream* s, int64_t work) except? -1:
    """Rewrite entities until about `work` entities' worth is done; return what is left of it, 0 when there is more."""
    cdef Entity* e
    if s.formers == NULL:
        return work
    while s.swept < s.used:
        if work <= 0:
            return 0
        e = &s.slab[s.swept]
        if s.swept + AHEAD < s.used:
            fetch_ahead(s.slab[s.swept + AHEAD].rows)
        work -= 1 + entity_rows(e) // ROWS_PER_WORK
        entity_renew(s, s.swept)
        s.swept += 1
    if is_twin(s):
        twin_leave(s)
    formers_drop(s)
    return max(<int64_t>1, work)


cdef int64_t stream_release(Stream* s, int64_t work) noexcept:
    """Free entities nobody wants any more; return what is left of `work`, 0 when there are more."""
    cdef Entity* e
    cdef void* slab
    s.coldest = NOBODY
    while s.used:
        if work <= 0:
            # Giving back tens of megabytes at once takes milliseconds.
            slab = realloc(s.slab, s.used * sizeof(Entity))
            s.slab = <Entity*>slab if slab != NULL else s.slab
            return 0
        s.used -= 1
        e = &s.slab[s.used]
        work -= 1 + entity_rows(e) // ROWS_PER_WORK
        entity_free(shell_of(s, e), e)
    stream_clear(s)
    stream_drop(s)
    return max(<int64_t>1, work)


cdef int stream_take(Stream* to, Stream* source, Former* former) except -1:
    """Take all entities of another stream as they lie; with a former they are rewritten at their touch or by and by.

    The source is left empty, and with a former as nothing but its place.
    """
    if formers_count(source) >= MOST_FORMERS:
        stream_carry(source, MOST)
    stream_clear(to)
    table_move(to, source)
    if former == NULL:
        return 0
    former.shell = source[0]
    former.shell.layout = to.layout
    former.older = to.formers
    memset(source, 0, sizeof(Stream))
    source.coldest = source.warmest = source.free_list = NOBODY
    to.formers = former
    to.layout = <uint8_t>(to.layout + 1)
    to.swept = 0
    return 0
