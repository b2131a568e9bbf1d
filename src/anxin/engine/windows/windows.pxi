# KernelWindows: the plan's streams, and what an event does to them.

ctypedef struct Entry:
    Touch* touch
    uint64_t hashed
    uint64_t mask
    uint32_t index
    bint is_capped
    int64_t[MAX_COLUMNS] values


cdef class KernelWindows:
    """The compiled `Windows`."""

    cdef readonly object plan
    cdef readonly bytes key
    cdef public bint too_late
    cdef public tuple approximate
    cdef list layouts
    cdef KeyedHash keyed
    cdef uint64_t text_salt
    cdef Stream* streams
    cdef Stream* leftovers
    cdef int n_leftovers
    cdef Program* programs
    cdef Entry* entries
    cdef int n_streams
    cdef int n_programs
    cdef bint has_watermark
    cdef Moment now
    cdef uint64_t entity_cap
    cdef int64_t row_cap

    def __init__(self, plan, *, key):
        if self.streams != NULL:
            raise RuntimeError("windows are made once")
        self.layouts = layouts_of.layouts(plan)
        self.plan = plan
        self.key = bytes(key)
        self.keyed = KeyedHash(self.key)
        self.text_salt = int.from_bytes(layouts_of.TEXT_SALT, "little")
        self.approximate = ()
        self.entity_cap = max(1, min(plan.entity_cap, 2**31))
        self.row_cap = plan.row_cap
        self.now.lateness = plan.lateness_ms
        self.now.watermark = BEFORE_ALL
        self._build()

    def __dealloc__(self):
        cdef int at
        for at in range(self.n_streams):
            stream_clear(&self.streams[at])
            stream_drop(&self.streams[at])
        for at in range(self.n_leftovers):
            stream_release(&self.leftovers[at], MOST)
        for at in range(self.n_programs):
            program_drop(&self.programs[at])
        free(self.streams)
        free(self.leftovers)
        free(self.programs)
        free(self.entries)

    cdef int _build(self) except -1:
        """Make the C tables of streams and readers."""
        cdef int count = len(self.layouts)
        cdef int readers = len(self.plan.readers)
        cdef int at
        cdef list pairs = [[] for _ in self.layouts]
        cdef list tracks = [[] for _ in self.layouts]
        self.streams = <Stream*>get_memory(NULL, (count + 1) * sizeof(Stream))
        memset(self.streams, 0, (count + 1) * sizeof(Stream))
        self.entries = <Entry*>get_memory(NULL, (count + 1) * sizeof(Entry))
        for at in range(count):
            stream_fill(&self.streams[at], self.layouts[at])
            self.n_streams = at + 1
        self.programs = <Program*>get_memory(NULL, (readers + 1) * sizeof(Program))
        memset(self.programs, 0, (readers + 1) * sizeof(Program))
        self.n_programs = readers
        for at in range(readers):
            program_fill(&self.programs[at], self.plan, at, self.layouts, pairs, tracks)
        for at in range(count):
            shape_fill(&self.streams[at].shape, pairs[at], tracks[at])
        return 0

    @property
    def watermark(self):
        """Return the largest counted event time, or None before the first."""
        return self.now.watermark if self.has_watermark else None

    def token(self, text):
        """Return the signed 64-bit token of a text."""
        return self._token(<PyObject*>text)

    cdef int64_t _token(self, PyObject* text) except? -1:
        cdef uint64_t hashed
        self.keyed.hash_parts(self.text_salt, &text, 1, &hashed)
        return <int64_t>hashed if <int64_t>hashed != MISSING else MISSING + 1

    def observe(self, int reader, t, places):
        """Count one event and answer the reader's features."""
        return self._run(reader, t, places, False)

    def peek(self, int reader, t, places):
        """Answer as `observe` would, and leave the state as it was."""
        cdef int64_t watermark = self.now.watermark
        cdef bint has_watermark = self.has_watermark
        try:
            return self._run(reader, t, places, True)
        finally:
            self.now.watermark = watermark
            self.has_watermark = has_watermark

    cdef object _run(self, int reader, object t, object places, bint is_peek):
        cdef Program* program
        cdef int n, each
        cdef list answers
        cdef list flagged = None
        if not 0 <= reader < self.n_programs:
            raise IndexError("no such reader")
        program = &self.programs[reader]
        self.now.t = event_time(t)
        n = self._parse(program, PySequence_Fast(places, "places are a sequence"))
        self.too_late = self.has_watermark and self.now.t < self.now.watermark - self.now.lateness
        if not self.has_watermark or self.now.t > self.now.watermark:
            self.now.watermark = self.now.t
            self.has_watermark = True
        answers = PyList_New(program.size)
        for each in range(program.size):
            Py_INCREF(None)
            PyList_SET_ITEM(answers, each, None)
        for each in range(n):
            if self._touch(&self.entries[each], answers, is_peek):
                flagged = [] if flagged is None else flagged
                self._flag(&self.entries[each], flagged)
        self.approximate = () if flagged is None else tuple(sorted(flagged))
        return answers

    cdef int _parse(self, Program* program, object places) except -1:
        """Turn places into entries; refuse what cannot be counted before anything changes."""
        cdef PyObject** items = PySequence_Fast_ITEMS(places)
        cdef int at, each, n = 0
        cdef Touch* touch
        cdef Stream* s
        cdef Entry* entry
        cdef PyObject** first
        if PySequence_Fast_GET_SIZE(places) != program.width:
            raise ValueError(f"the reader takes {program.width} places, not {len(places)}")
        for at in range(program.n_touches):
            touch = &program.touches[at]
            s = &self.streams[touch.stream]
            entry = &self.entries[n]
            entry.touch = touch
            first = items + touch.first
            for each in range(s.n_columns):
                entry.values[each] = self._value(first[s.key_parts + 1 + each], s.texts[each])
            entry.mask = mask_of(first[s.key_parts], s.mask_limit)
            if has_key(first, s.key_parts):
                self.keyed.hash_parts(s.salt, first, s.key_parts, &entry.hashed)
                fetch_ahead(&s.slots[tag_of(entry.hashed) & (s.slot_room - 1)])
                n += 1
        self._find(n)
        return n

    cdef void _find(self, int n) noexcept:
        """Find the entities of all entries; three passes let their cache misses overlap."""
        cdef int at
        cdef Entry* entry
        cdef Stream* s
        for at in range(n):
            table_fetch(&self.streams[self.entries[at].touch.stream], self.entries[at].hashed)
        for at in range(n):
            entry = &self.entries[at]
            s = &self.streams[entry.touch.stream]
            entry.index = table_find(s, entry.hashed)
            if entry.index == NOBODY and s.n_shared:
                entry.index = twin_find(s, entry.hashed)
            entity_fetch(&self.streams[entry.touch.stream], entry.index)

    cdef int64_t _value(self, PyObject* place, bint is_text) except? -1:
        cdef int overflow = 0
        cdef int64_t value
        if place == Py_None:
            return MISSING
        if is_text:
            if not PyUnicode_Check(place):
                raise TypeError("a text column takes text")
            return self._token(place)
        if not PyLong_Check(place):
            raise TypeError("an integer column takes an integer")
        value = PyLong_AsLongLongAndOverflow(<object>place, &overflow)
        if overflow or value == MISSING:
            raise OverflowError("value beyond 64 bits")
        return value

    cdef bint _touch(self, Entry* entry, list answers, bint is_peek) except *:
        """Let one stream count and answer the event; return whether answers are approximate."""
        cdef Touch* touch = entry.touch
        cdef Stream* s = &self.streams[touch.stream]
        cdef bint enters = entry.mask != 0 and not self.too_late
        cdef uint32_t index = entry.index
        cdef Entity* e = NULL
        cdef Entity twin
        cdef int64_t n_rows
        cdef int64_t n_capped
        if index != NOBODY and s.slab[index].layout != s.layout:
            entity_renew(s, index)
        n_rows = s.n_rows
        n_capped = s.n_capped
        self.now.bound = self.now.watermark - s.retention - self.now.lateness
        if is_peek:
            memset(&twin, 0, sizeof(Entity))
            if index != NOBODY:
                entity_copy(s, &twin, &s.slab[index])
            if index != NOBODY or enters:
                e = &twin
        elif index != NOBODY:
            if not self.too_late:
                entity_touch(s, index)
            e = &s.slab[index]
        elif enters:
            e = &s.slab[entity_create(s, entry.hashed, &self.now, self.entity_cap)]
        try:
            return self._answer(s, e, entry, answers, enters)
        finally:
            if is_peek:
                entity_free(s, &twin)
                s.n_rows, s.n_capped = n_rows, n_capped

    cdef bint _answer(self, Stream* s, Entity* e, Entry* entry, list answers, bint enters) except *:
        cdef Touch* touch = entry.touch
        cdef Ask* ask = touch.asks
        cdef int each
        cdef bint is_long = False
        cdef int64_t[2 + MAX_COLUMNS] row
        if e != NULL:
            entity_expire(s, e, &self.now)
            if enters and not e.is_capped and entity_rows(e) + (self.now.t > self.now.bound) > self.row_cap:
                entity_cap(s, e)
                s.n_capped += 1
        for each in range(touch.n_before):
            answers[ask[each].place] = answer(s, e, &ask[each], &self.now)
            is_long |= ask[each].is_long
        if enters:
            row[0] = self.now.t
            row[1] = <int64_t>entry.mask
            memcpy(&row[2], entry.values, s.n_columns * sizeof(int64_t))
            entity_insert(s, e, row, &self.now)
        for each in range(touch.n_before, touch.n_asks):
            answers[ask[each].place] = answer(s, e, &ask[each], &self.now)
            is_long |= ask[each].is_long
        entry.is_capped = e != NULL and e.is_capped
        return is_long or entry.is_capped

    cdef int _flag(self, Entry* entry, list flagged) except -1:
        cdef int each
        for each in range(entry.touch.n_asks):
            if entry.is_capped or entry.touch.asks[each].is_long:
                flagged.append(entry.touch.asks[each].place)
        return 0

    def stats(self):
        """Return the size of each stream."""
        cdef int at
        cdef Stream* s
        found = []
        for at in range(self.n_streams):
            s = &self.streams[at]
            found.append(StreamStats(s.count, s.n_rows, s.evicted, stream_bytes(s)))
        return found

    def dump(self, write):
        """Write the whole state."""
        cdef int at
        write(saved.pack_header(self.n_streams, key_check(self.key), self.watermark))
        for at in range(self.n_streams):
            write(saved.pack_stream(self.layouts[at].fingerprint, self.streams[at].evicted, self.streams[at].count))
            saved.write_blocks(write, self._blocks(at))

    def load(self, read):
        """Read a dump into this empty state."""
        if self.has_watermark or any(self.streams[at].count for at in range(self.n_streams)):
            raise ValueError("only empty windows can read a saved state")
        header = saved.read_header(read, key_check(self.key))
        own = {each.fingerprint: at for at, each in enumerate(self.layouts)}
        for _ in range(header.streams):
            head = saved.read_stream(read)
            number = own.get(head.fingerprint)
            for block in saved.read_blocks(read):
                if number is not None:
                    self._load_block(number, block)
            if number is not None:
                self.streams[<int>number].evicted = head.evicted
        self._set_watermark(header.watermark)

    cdef int _set_watermark(self, object watermark) except -1:
        self.has_watermark = watermark is not None
        self.now.watermark = watermark if self.has_watermark else BEFORE_ALL
        return 0

    cdef int _load_block(self, int stream, bytes block) except -1:
        cdef Reader source
        source.at = block
        source.left = len(block)
        while source.left:
            take_entity(&source, &self.streams[stream])
        return 0

    def _blocks(self, int stream):
        """Yield the records of a stream, least recently touched first, in blocks; nothing in the state is written to."""
        cdef Buffer out
        cdef Stream* s = &self.streams[stream]
        cdef uint32_t index = s.coldest
        memset(&out, 0, sizeof(Buffer))
        try:
            buffer_reserve(&out, saved.BLOCK_BYTES)
            while index != NOBODY:
                if s.slab[index].layout == s.layout:
                    put_entity(&out, s, &s.slab[index])
                else:
                    put_converted(&out, s, index)
                index = place_seen(s, index).warmer
                if out.n >= <size_t>saved.BLOCK_BYTES or index == NOBODY:
                    yield PyBytes_FromStringAndSize(out.at, out.n)
                    out.n = 0
        finally:
            free(out.at)

    def digest(self):
        """Return a 32-byte digest of the live state."""
        streams = [
            (self.layouts[at].fingerprint, self.streams[at].evicted, self._live_records(at))
            for at in range(self.n_streams)
        ]
        return saved.digest_of(self.watermark, streams)

    def _live_records(self, int stream):
        cdef Buffer out
        cdef Stream* s = &self.streams[stream]
        cdef uint32_t index = s.coldest
        memset(&out, 0, sizeof(Buffer))
        self.now.bound = self.now.watermark - s.retention - self.now.lateness
        try:
            while index != NOBODY:
                entity_renew(s, index)
                entity_expire(s, &s.slab[index], &self.now)
                if entity_is_live(s, &s.slab[index]):
                    out.n = 0
                    put_entity(&out, s, &s.slab[index])
                    yield PyBytes_FromStringAndSize(out.at, out.n)
                index = s.slab[index].warmer
        finally:
            free(out.at)

    def adopt(self, other):
        """Take over the rows, bases and panes of other windows; return the streams that are warming."""
        donor = other.donor()
        if donor.key_check != key_check(self.key):
            raise StateMismatch(reason="another key")
        return take_over(self, other, donor)

    def donor(self):
        """Return what other windows need to adopt from these."""
        return Donor(
            plan=self.plan,
            layouts=self.layouts,
            watermark=self.watermark,
            key_check=key_check(self.key),
            blocks=self._blocks,
            held=self._held,
        )

    def _held(self, int stream):
        cdef Stream* s = &self.streams[stream]
        return Held(entities=s.count, evicted=s.evicted, capped=s.n_capped)

    def carry(self, int64_t work):
        """Rewrite entities that still lie as an earlier plan kept them, and free those of no plan."""
        return carry_on(self, work)
