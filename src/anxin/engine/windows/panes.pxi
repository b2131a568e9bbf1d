# Panes: folds by ⌊t / width⌋, for long windows and for capped entities; kept in order of their number.

ctypedef struct PaneList:
    int64_t* numbers
    Fold* folds
    int n
    int room


cdef inline int64_t floor_div(int64_t a, int64_t b) noexcept nogil:
    return a // b - (a % b < 0)


cdef int panes_place(const PaneList* panes, int64_t number) noexcept nogil:
    """Return the index of the first pane whose number is at least `number`."""
    cdef int at = panes.n
    while at > 0 and panes.numbers[at - 1] >= number:
        at -= 1
    return at


cdef int panes_open(PaneList* panes, const Group* group, int at, int64_t number) except -1:
    """Put an empty pane at index `at`."""
    cdef int each
    cdef size_t width = group.n_folds * sizeof(Fold)
    if panes.n == panes.room:
        panes.room = 2 if panes.room == 0 else panes.room * 2
        panes.numbers = <int64_t*>get_memory(panes.numbers, panes.room * sizeof(int64_t))
        panes.folds = <Fold*>get_memory(panes.folds, panes.room * width)
    memmove(&panes.numbers[at + 1], &panes.numbers[at], (panes.n - at) * sizeof(int64_t))
    memmove(&panes.folds[(at + 1) * group.n_folds], &panes.folds[at * group.n_folds], (panes.n - at) * width)
    panes.numbers[at] = number
    for each in range(group.n_folds):
        fold_start(&panes.folds[at * group.n_folds + each], group.folds[each].kind)
    panes.n += 1
    return 0


cdef bint panes_count(const Group* group, const int64_t* row) noexcept nogil:
    """Tell whether any fold of the group counts the row."""
    cdef int each
    for each in range(group.n_folds):
        if row[1] & group.folds[each].bit:
            if group.folds[each].column < 0 or row[2 + group.folds[each].column] != MISSING:
                return True
    return False


cdef int panes_add(PaneList* panes, const Group* group, const int64_t* row) except -1:
    """Put a row into its pane."""
    cdef int64_t number = floor_div(row[0], group.width)
    cdef int at, each
    if not panes_count(group, row):
        return 0
    at = panes_place(panes, number)
    if at == panes.n or panes.numbers[at] != number:
        panes_open(panes, group, at, number)
    for each in range(group.n_folds):
        fold_add(&panes.folds[at * group.n_folds + each], &group.folds[each], row)
    return 0


cdef void panes_cut(PaneList* panes, const Group* group, int64_t dead) noexcept:
    """Drop the panes up to number `dead`."""
    cdef int gone = 0
    cdef int each
    while gone < panes.n and panes.numbers[gone] <= dead:
        for each in range(group.n_folds):
            fold_clear(&panes.folds[gone * group.n_folds + each], group.folds[each].kind)
        gone += 1
    if gone == 0:
        return
    panes.n -= gone
    memmove(panes.numbers, panes.numbers + gone, panes.n * sizeof(int64_t))
    memmove(panes.folds, panes.folds + gone * group.n_folds, panes.n * group.n_folds * sizeof(Fold))
    if panes.n == 0:
        panes_free(panes, group)


cdef void panes_free(PaneList* panes, const Group* group) noexcept:
    cdef int each
    for each in range(panes.n * group.n_folds):
        fold_clear(&panes.folds[each], group.folds[each % group.n_folds].kind)
    free(panes.numbers)
    free(panes.folds)
    memset(panes, 0, sizeof(PaneList))


cdef int panes_copy(PaneList* to, const PaneList* source, const Group* group) except -1:
    cdef int at, each
    memset(to, 0, sizeof(PaneList))
    for at in range(source.n):
        panes_open(to, group, at, source.numbers[at])
        for each in range(group.n_folds):
            fold_copy(
                &to.folds[at * group.n_folds + each],
                &source.folds[at * group.n_folds + each],
                group.folds[each].kind,
            )
    return 0


cdef size_t panes_bytes(const PaneList* panes, const Group* group) noexcept nogil:
    return panes.room * (sizeof(int64_t) + group.n_folds * sizeof(Fold))
