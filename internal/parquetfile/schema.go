package parquetfile

// A Kind is the type of a column to write.
type Kind int

// The kinds, and what a Value of each has.
const (
	String Kind = iota // Text
	Bool               // Int, 0 or 1
	Int                // Int
	Time               // Int, nanoseconds since 1970 in UTC
	List               // Items
	Struct             // Fields
)

// A Column is a field of the records to write. Each may be null.
type Column struct {
	Name   string
	Kind   Kind
	Fields []Column // of a Struct: Strings, Bools, Ints and Times
}

// A Value is one field of one record. A Struct is null when all its fields are.
type Value struct {
	Null   bool
	Text   string
	Int    int64
	Items  []string
	Fields []Value
}

// Physical types.
const (
	typeBoolean   = 0
	typeInt32     = 1
	typeInt64     = 2
	typeInt96     = 3
	typeFloat     = 4
	typeDouble    = 5
	typeByteArray = 6
	typeFixed     = 7
)

// Repetition of a schema element.
const (
	required = 0
	optional = 1
	repeated = 2
)

// Encodings.
const (
	plain           = 0
	plainDictionary = 2
	rle             = 3
	deltaBinary     = 5
	deltaLength     = 6
	deltaBytes      = 7
	rleDictionary   = 8
)

// Codecs.
const (
	uncompressed = 0
	snappy       = 1
	gzipped      = 2
)

func (k Kind) physical() int64 {
	switch k {
	case Bool:
		return typeBoolean
	case Int, Time:
		return typeInt64
	case String, List, Struct:
	}
	return typeByteArray
}

// elements writes the schema elements of a column, a parent before its children.
func (c Column) elements(t *thriftWriter) (n int) {
	switch c.Kind {
	case Struct:
		t.element(c.Name, optional, len(c.Fields), nil)
		for _, f := range c.Fields {
			n += f.elements(t)
		}
		return n + 1
	case List: // three levels, by the rules that every reader knows
		t.element(c.Name, optional, 1, func() { t.integer(6, convertedList); t.logical(logicalList, nil) })
		t.element("list", repeated, 1, nil)
		Column{Name: "element"}.leaf(t)
		return 3
	case String, Bool, Int, Time:
	}
	c.leaf(t)
	return 1
}

const (
	convertedUTF8 = 0
	convertedList = 3

	logicalString    = 1
	logicalList      = 3
	logicalTimestamp = 8
)

func (c Column) leaf(t *thriftWriter) {
	t.begin()
	t.integer(1, c.Kind.physical())
	t.integer(3, optional)
	t.text(4, c.Name)
	switch c.Kind {
	case String:
		t.integer(6, convertedUTF8)
		t.logical(logicalString, nil)
	case Time:
		t.logical(logicalTimestamp, func() {
			t.boolean(1, true)                                   // adjusted to UTC
			t.structure(2, func() { t.structure(3, func() {}) }) // nanoseconds
		})
	case Bool, Int, List, Struct:
	}
	t.end()
}

// element writes a schema element that has children.
func (t *thriftWriter) element(name string, repetition int64, children int, more func()) {
	t.begin()
	if repetition >= 0 {
		t.integer(3, repetition)
	}
	t.text(4, name)
	t.integer(5, int64(children))
	if more != nil {
		more()
	}
	t.end()
}

// logical writes field 10, a union whose member has a number.
func (t *thriftWriter) logical(member int16, content func()) {
	t.structure(10, func() {
		t.structure(member, func() {
			if content != nil {
				content()
			}
		})
	})
}
