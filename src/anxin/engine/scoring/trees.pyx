# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The compiled walk over tree tables; `reference.py` says what it computes."""

from libc.stdint cimport int32_t, uint8_t, uint32_t
from libc.stdlib cimport calloc, free

cdef enum:
    CATEGORICAL = 1
    DEFAULT_LEFT = 2
    MISSING_ZERO = 4
    MISSING_NAN = 8
    LANES = 8

cdef double ZERO_THRESHOLD = 1e-35


# A leaf is a node whose two children are itself, so that trees of different depth walk in step without a branch.
# `feature` of a node without missing type points into the second half of the inputs, where NaN is replaced by 0.
cdef struct Node:
    double threshold
    int32_t feature
    int32_t flags
    int32_t child[2]


cdef class TreeWalk:
    """Raw scores and path contributions of one set of trees."""

    cdef readonly int inputs
    cdef int trees, nodes, slow_from
    cdef bint average
    cdef Node* table
    cdef double* values
    cdef double* expected
    cdef double* leaf_of
    cdef int32_t* roots
    cdef int32_t* order
    cdef int32_t* depth
    cdef uint32_t* words
    cdef int32_t* word_start

    def __init__(self, tables, int inputs):
        cdef int index, leaf, nodes = len(tables.features), leaves = len(tables.leaf_values)
        self.inputs, self.nodes, self.average = inputs, nodes, tables.average
        self.trees = len(tables.roots)
        self._allocate(nodes + leaves, sum(len(words) for words in tables.sets), len(tables.sets))
        for index in range(nodes):
            self._set_node(index, tables.features[index], tables.thresholds[index], tables.flags[index])
            self.table[index].child[1] = self._place(tables.left[index])
            self.table[index].child[0] = self._place(tables.right[index])
            self.expected[index] = tables.expected[index]
        for leaf in range(leaves):
            index = nodes + leaf
            self.table[index].child[0] = self.table[index].child[1] = index
            self.expected[index] = tables.leaf_values[leaf]
        self._set_words(tables.sets)
        self._set_order(tables.roots)

    def __dealloc__(self):
        free(self.table)
        free(self.values)
        free(self.expected)
        free(self.leaf_of)
        free(self.roots)
        free(self.order)
        free(self.depth)
        free(self.words)
        free(self.word_start)

    def raw(self, values):
        """Return the raw score of `inputs` numbers, NaN for missing."""
        cdef int tree
        cdef double total = 0.0
        self._read(values)
        self._walk()
        for tree in range(self.trees):
            total += self.leaf_of[tree]
        return total / self.trees if self.average else total

    def contributions(self, values):
        """Return the mean raw score, and by input how far its splits moved the score away from that mean."""
        cdef int tree, feature, place, reached
        cdef double base = 0.0
        cdef list parts = [0.0] * self.inputs
        self._read(values)
        for tree in range(self.trees):
            place = self.roots[tree]
            base += self.expected[place]
            while place < self.nodes:
                feature = self.table[place].feature
                reached = self._step(place)
                parts[feature if feature < self.inputs else feature - self.inputs] += (
                    self.expected[reached] - self.expected[place]
                )
                place = reached
        if self.average:
            return base / self.trees, [part / self.trees for part in parts]
        return base, parts

    cdef void _walk(self) noexcept:
        cdef int first = 0, lane, level, levels, tree
        cdef int32_t[LANES] at
        cdef const Node* node
        cdef double value
        while first + LANES <= self.slow_from:
            for lane in range(LANES):
                at[lane] = self.roots[self.order[first + lane]]
            levels = self.depth[first + LANES - 1]
            for level in range(levels):
                for lane in range(LANES):
                    node = &self.table[at[lane]]
                    value = self.values[node.feature]
                    at[lane] = node.child[(value <= node.threshold) | ((value != value) & (node.flags >> 1))]
            for lane in range(LANES):
                self.leaf_of[self.order[first + lane]] = self.expected[at[lane]]
            first += LANES
        while first < self.trees:
            tree = self.order[first]
            at[0] = self.roots[tree]
            while at[0] < self.nodes:
                at[0] = self._step(at[0])
            self.leaf_of[tree] = self.expected[at[0]]
            first += 1

    cdef inline int _step(self, int place) noexcept:
        cdef const Node* node = &self.table[place]
        cdef double value = self.values[node.feature]
        cdef int number, bit
        if node.flags & CATEGORICAL:
            number = <int>node.threshold
            if not (value > -1 and value < (self.word_start[number + 1] - self.word_start[number]) * 32):
                return node.child[0]
            bit = <int>value
            return node.child[self.words[self.word_start[number] + bit // 32] >> <uint32_t>(bit % 32) & 1]
        if value != value or (node.flags & MISSING_ZERO and -ZERO_THRESHOLD < value <= ZERO_THRESHOLD):
            return node.child[1 if node.flags & DEFAULT_LEFT else 0]
        return node.child[1 if value <= node.threshold else 0]

    cdef int _read(self, values) except -1:
        cdef int index = 0
        cdef double value
        if len(values) != self.inputs:
            raise ValueError(f"{self.inputs} inputs are needed, {len(values)} were given")
        for each in values:
            value = each
            self.values[index] = value
            self.values[index + self.inputs] = value if value == value else 0.0
            index += 1
        return 0

    cdef int _allocate(self, int places, int words, int sets) except -1:
        self.table = <Node*>calloc(places, sizeof(Node))
        self.expected = <double*>calloc(places, sizeof(double))
        self.values = <double*>calloc(2 * self.inputs + 1, sizeof(double))
        self.leaf_of = <double*>calloc(self.trees, sizeof(double))
        self.roots = <int32_t*>calloc(self.trees, sizeof(int32_t))
        self.order = <int32_t*>calloc(self.trees, sizeof(int32_t))
        self.depth = <int32_t*>calloc(self.trees, sizeof(int32_t))
        self.words = <uint32_t*>calloc(words + 1, sizeof(uint32_t))
        self.word_start = <int32_t*>calloc(sets + 1, sizeof(int32_t))
        if not (self.table and self.expected and self.values and self.leaf_of and self.roots):
            raise MemoryError
        if not (self.order and self.depth and self.words and self.word_start):
            raise MemoryError
        return 0

    cdef int _place(self, int child) noexcept:
        return child if child >= 0 else self.nodes + ~child

    cdef int _set_node(self, int index, int feature, double threshold, int flags) except -1:
        self.table[index].threshold = threshold
        if flags & (CATEGORICAL | MISSING_NAN):
            self.table[index].feature = feature
        else:
            self.table[index].feature = feature + self.inputs
        # without a missing type the default direction means nothing, and no NaN reaches the node
        self.table[index].flags = flags & (CATEGORICAL | DEFAULT_LEFT | MISSING_ZERO)
        return 0

    cdef int _set_words(self, sets) except -1:
        cdef int number = 0, start = 0
        for words in sets:
            self.word_start[number] = start
            for word in words:
                self.words[start] = word
                start += 1
            number += 1
        self.word_start[number] = start
        return 0

    cdef int _set_order(self, roots) except -1:
        cdef int tree, place
        keys = []
        for tree in range(self.trees):
            place = self._place(roots[tree])
            self.roots[tree] = place
            depth, is_slow = self._shape(place)
            keys.append((is_slow, depth, tree))
        keys.sort()
        self.slow_from = 0
        for place in range(self.trees):
            is_slow, self.depth[place], self.order[place] = keys[place]
            self.slow_from += not is_slow
        return 0

    cdef _shape(self, int root):
        cdef int deepest = 0
        cdef bint is_slow = False
        waiting = [(root, 0)]
        while waiting:
            place, depth = waiting.pop()
            if place >= self.nodes:
                deepest = max(deepest, depth)
                continue
            is_slow = is_slow or (self.table[<int>place].flags & (CATEGORICAL | MISSING_ZERO)) != 0
            waiting.append((self.table[<int>place].child[0], depth + 1))
            waiting.append((self.table[<int>place].child[1], depth + 1))
        return deepest, is_slow
